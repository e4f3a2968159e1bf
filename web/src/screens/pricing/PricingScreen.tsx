import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { useUser } from "@/api/session";
import { ChangePlanDialog } from "@/billing/ChangePlanDialog";
import { useCheckout } from "@/billing/checkout";
import {
  cyclesOf,
  hasBought,
  isPaid,
  offersQuery,
  type PaidPlan,
  type PriceList,
  packsOf,
  plansOf,
} from "@/billing/offers";
import { Packs } from "@/billing/Packs";
import { useSubscription } from "@/billing/use-subscription";
import { unitPrices } from "@/billing/worth";
import { formatLength, formatNumber } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { plans } from "@/messages/plans";
import { pricing } from "@/messages/pricing";
import { Segmented } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { Spinner } from "@/ui/Spinner";
import { Faq } from "./Faq";
import { NothingForSale } from "./NothingForSale";
import { PlanCard } from "./PlanCard";

/** What plans cost and allow, to choose from: signed out, without a plan, or with one. */
export function PricingScreen() {
  const offers = useQuery(offersQuery);
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-8 sm:px-6">
      {offers.isPending && (
        <Loading>
          <Skeleton className="h-9 max-w-md" />
          <Skeleton className="mt-3 h-5 max-w-lg" />
          <div className="mt-8 grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {["a", "b", "c", "d"].map((key) => (
              <Skeleton key={key} className="h-44 rounded-xl" />
            ))}
          </div>
        </Loading>
      )}
      {offers.isError && <ErrorPanel error={offers.error} onRetry={() => offers.refetch()} />}
      {offers.data &&
        (offers.data.payments ? <PriceTable list={offers.data} /> : <NothingForSale list={offers.data} />)}
    </div>
  );
}

/** What films are counted in. */
function filmsNote(film: Schemas["TypicalFilm"], models: readonly Schemas["Model"][]): string {
  const named = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  return pricing.filmsNote({
    length: formatLength(film.seconds),
    scenes: formatNumber(film.scenes),
    image: named(film.image_model),
    clip: named(film.clip_model),
  });
}

function PriceTable({ list }: { readonly list: PriceList }) {
  const search = useSearch({ from: "/public/pricing" });
  const navigate = useNavigate();
  const user = useUser();
  const own = useSubscription(Boolean(user));
  const models = useQuery($api.queryOptions("get", "/api/models"));
  const checkout = useCheckout(search.from ?? null);
  const [changing, setChanging] = useState<PaidPlan | null>(null);
  const cycles = cyclesOf(list);
  const known = own.subscription?.billing_cycle === "yearly" ? "yearly" : undefined;
  const wanted = search.cycle ?? known ?? "monthly";
  const cycle = cycles.includes(wanted) ? wanted : (cycles[0] ?? "monthly");
  const prices = unitPrices(models.data?.models ?? []);
  const going = checkout.isPending || checkout.isSuccess ? checkout.variables : null;
  const shown = plansOf(list);
  return (
    <>
      <header className="flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0 flex-[1_1_16rem]">
          <h1 className="text-balance font-semibold text-2xl">{pricing.title}</h1>
          <p className="mt-1 max-w-2xl text-fg-2">{pricing.text}</p>
        </div>
        {cycles.length > 1 && (
          <Segmented
            label={plans.cycle}
            value={cycle}
            options={cycles.map((value) => ({ value, label: plans.cycles[value] }))}
            onChange={(next) =>
              void navigate({ to: "/pricing", search: { ...search, cycle: next }, replace: true, resetScroll: false })
            }
          />
        )}
      </header>
      {own.waiting && (
        <p role="status" className="mt-5 flex items-center gap-2 text-fg-2">
          <Spinner />
          {billing.working}
        </p>
      )}
      <ul className="mt-7 grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {shown.map((offer) => (
          <PlanCard
            key={offer.id}
            offer={offer}
            list={list}
            cycle={cycle}
            prices={prices}
            asked={search.plan}
            visitor={!user}
            subscription={own.subscription}
            going={going !== null && going !== undefined && "plan" in going && going.plan === offer.id}
            busy={Boolean(going) || own.waiting || (Boolean(user) && own.isPending)}
            onChoose={(plan, in_) => {
              if (isPaid(own.subscription)) setChanging(plan);
              else checkout.mutate({ plan, cycle: in_ });
            }}
          />
        ))}
      </ul>
      {checkout.isError && <ErrorPanel compact error={checkout.error} className="mt-4" />}
      <p className="mt-3 text-fg-3 text-xs">{pricing.tax}</p>
      {list.typical_film && (
        <p className="tnum mt-1 max-w-3xl text-fg-3 text-xs">
          {filmsNote(list.typical_film, models.data?.models ?? [])}
        </p>
      )}
      {packsOf(list).length > 0 && (
        <section aria-labelledby="packs" className="mt-10">
          <h2 id="packs" className="font-semibold text-xl">
            {plans.packs}
          </h2>
          <p className="mt-1 mb-4 text-fg-2">{plans.packsText}</p>
          <Packs list={list} prices={prices} from={search.from ?? null} visitor={!user} />
          {(prices.image !== null || prices.second !== null) && (
            <p className="mt-3 text-fg-3 text-xs">{pricing.worthNote}</p>
          )}
        </section>
      )}
      <Faq />
      {changing && own.subscription && (
        <ChangePlanDialog
          list={list}
          subscription={own.subscription}
          plan={changing}
          cycle={cycle}
          onClose={() => setChanging(null)}
          onChanged={(plan, in_) => own.expect((now) => hasBought(now, plan, list) && now.billing_cycle === in_)}
        />
      )}
    </>
  );
}
