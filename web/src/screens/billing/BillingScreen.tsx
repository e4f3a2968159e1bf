import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { $api } from "@/api/client";
import { LimitList } from "@/billing/LimitList";
import { offersQuery, packsOf } from "@/billing/offers";
import { Packs } from "@/billing/Packs";
import { useSubscription } from "@/billing/use-subscription";
import { unitPrices } from "@/billing/worth";
import { billing } from "@/messages/billing";
import { plans } from "@/messages/plans";
import { Boundary } from "@/ui/Boundary";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { CreditsPanel } from "./CreditsPanel";
import { InvoicesPanel } from "./InvoicesPanel";
import { PastDue } from "./PastDue";
import { PlanPanel } from "./PlanPanel";
import { WithoutPayments } from "./WithoutPayments";

const ASK_EVERY = 10_000;

/** One's plan, what is left of its credits, and what was billed; on a server that sells nothing, what one may do. */
export function BillingScreen() {
  const { from } = useSearch({ from: "/app/billing" });
  const offers = useQuery(offersQuery);
  const own = useSubscription(true, ASK_EVERY);
  const models = useQuery($api.queryOptions("get", "/api/models"));
  const { subscription, usage } = own;
  const list = offers.data;
  const failed = offers.error ?? own.error;
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-5">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="flex-1 font-semibold text-xl">{billing.title}</h1>
        {from && (
          <Link to={from} className="flex min-h-6 items-center gap-1.5 text-ember underline-offset-4 hover:underline">
            <ArrowLeft aria-hidden className="size-4" />
            {billing.backTo}
          </Link>
        )}
      </header>
      {failed && !(list && subscription) && (
        <ErrorPanel error={failed} onRetry={() => Promise.all([offers.refetch(), own.refetch()])} />
      )}
      {!failed && !(list && subscription) && (
        <Loading>
          <div className="flex flex-col gap-5">
            <Skeleton className="h-44 rounded-xl" />
            <Skeleton className="h-44 rounded-xl" />
          </div>
        </Loading>
      )}
      {list && subscription && usage && !list.payments && <WithoutPayments limits={subscription.limits} />}
      {list && subscription && usage && list.payments && (
        <>
          {subscription.status === "past_due" && <PastDue subscription={subscription} />}
          <Boundary>
            <PlanPanel list={list} subscription={subscription} waiting={own.waiting} onAsked={own.expect} from={from} />
          </Boundary>
          <Boundary>
            <CreditsPanel usage={usage} until={subscription.current_period_end} />
          </Boundary>
          {packsOf(list).length > 0 && (
            <section aria-labelledby="packs">
              <h2 id="packs" className="font-semibold text-base">
                {plans.packs}
              </h2>
              <p className="mt-0.5 mb-3 text-fg-2 text-sm">{plans.packsText}</p>
              <Packs list={list} prices={unitPrices(models.data?.models ?? [])} from={from ?? null} />
            </section>
          )}
          <Panel title={billing.limits}>
            <LimitList limits={subscription.limits} className="grid sm:grid-cols-2" />
          </Panel>
          <Boundary>
            <InvoicesPanel currency={list.currency} />
          </Boundary>
        </>
      )}
    </div>
  );
}
