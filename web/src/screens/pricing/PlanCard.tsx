import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { planName } from "@/api/shortage";
import type { Cycle } from "@/billing/cycles";
import { LimitList } from "@/billing/LimitList";
import { isPaid, type PaidPlan, type PlanOffer, type PriceList, priceOf, type Subscribed } from "@/billing/offers";
import { type UnitPrices, worth, worthInFilms } from "@/billing/worth";
import { formatMoney, formatNumber, formatPercent } from "@/i18n/format";
import { plans } from "@/messages/plans";
import { pricing } from "@/messages/pricing";
import { Badge } from "@/ui/Badge";
import { Button, buttonStyles } from "@/ui/Button";
import { cn } from "@/ui/cn";

const MONTHS = 12;
/** The one that most musicians look for; a link may speak of another. */
const USUAL = "pro";

interface PlanCardProps {
  readonly offer: PlanOffer;
  readonly list: PriceList;
  readonly cycle: Cycle;
  readonly prices: UnitPrices;
  /** The one that a link spoke of. */
  readonly asked: string | undefined;
  readonly visitor: boolean;
  readonly subscription: Subscribed | undefined;
  readonly going: boolean;
  readonly busy: boolean;
  readonly onChoose: (plan: PaidPlan, cycle: Cycle) => void;
}

/** One plan: what it costs, what its credits make, what it allows, and the one thing to do with it. */
export function PlanCard(props: PlanCardProps) {
  const { offer, list, prices, subscription } = props;
  const asked = props.asked === offer.id;
  const free = offer.id === "free";
  // A plan that is sold for one cycle alone is shown for that one.
  const cycle = priceOf(offer, props.cycle) === null ? (props.cycle === "monthly" ? "yearly" : "monthly") : props.cycle;
  const price = priceOf(offer, cycle);
  const months = cycle === "yearly" ? MONTHS : 1;
  const credits = offer.credits_per_month * months;
  const count = formatNumber(credits);
  const made = worth(credits, prices);
  const films = worthInFilms((offer.films_per_month ?? 0) * months, list.typical_film?.seconds);
  const has = subscription?.plan === offer.id;
  return (
    <li
      className={cn(
        "flex flex-col rounded-xl bg-panel p-5",
        asked ? "shadow-[inset_0_0_0_1.5px_var(--color-ember)]" : "ring-line",
      )}
    >
      <div className="flex min-h-6 items-center gap-2">
        <h2 className="font-semibold text-lg">{planName(offer.id)}</h2>
        {has && <Badge tone="ember">{subscription.cancel_at_period_end ? pricing.ends : pricing.yours}</Badge>}
      </div>
      <p className="mt-0.5 text-fg-2">
        {offer.id in plans.forWhom ? plans.forWhom[offer.id as keyof typeof plans.forWhom] : null}
      </p>
      <p className="tnum mt-4 flex flex-wrap items-baseline gap-x-2">
        <span className="font-semibold text-2xl">{formatMoney(price ?? 0, list.currency)}</span>
        {!free && <span className="text-fg-2">/ {cycle === "monthly" ? plans.perMonth : plans.perYear}</span>}
      </p>
      <p className="tnum mt-1 flex min-h-6 flex-wrap items-center gap-2 text-fg-3 text-xs">
        <Yearly offer={offer} cycle={cycle} currency={list.currency} />
        {price !== null && cycle !== props.cycle && pricing.onlyCycle[cycle]}
      </p>
      <div className="mt-4">
        <Action {...props} cycle={cycle} price={price} />
      </div>
      {price !== null &&
        list.trial_days > 0 &&
        !props.visitor &&
        !isPaid(subscription) &&
        !wasSubscribed(subscription) && (
          <p className="mt-2 text-fg-3 text-xs">{pricing.tryText({ days: list.trial_days })}</p>
        )}
      <div className="mt-5 min-h-14 rounded-lg bg-canvas/50 px-3.5 py-2.5 ring-line">
        <p className="font-medium">
          {credits === 0
            ? plans.noCredits
            : cycle === "yearly"
              ? plans.creditsPerYear({ count })
              : plans.creditsPerMonth({ count })}
        </p>
        {credits > 0 && made && <p className="mt-0.5 text-fg-2 text-xs">{made}</p>}
        {films && <p className="tnum mt-0.5 text-fg-2 text-xs">{films}</p>}
      </div>
      <LimitList limits={offer.limits} className="mt-4" />
    </li>
  );
}

/** A plan is tried once: whoever had one pays from the first day. */
function wasSubscribed(subscription: Subscribed | undefined): boolean {
  return subscription !== undefined && (subscription.status === "canceled" || subscription.trial_end !== null);
}

function Yearly({ offer, cycle, currency }: Pick<PlanCardProps, "offer" | "cycle"> & { readonly currency: string }) {
  const [year, month] = [priceOf(offer, "yearly"), priceOf(offer, "monthly")];
  if (cycle !== "yearly" || year === null) return null;
  const saved = month ? 1 - year / (month * MONTHS) : 0;
  return (
    <>
      {pricing.monthlyEqual({ price: formatMoney(Math.round(year / MONTHS), currency) })}
      {saved >= 0.01 && <Badge tone="ok">{pricing.saves({ percent: formatPercent(saved) })}</Badge>}
    </>
  );
}

type ActionProps = PlanCardProps & { readonly price: number | null };

function Action({
  offer,
  cycle,
  price,
  list,
  asked = USUAL,
  visitor,
  subscription,
  going,
  busy,
  onChoose,
}: ActionProps): ReactNode {
  const wide = "w-full";
  const tone = asked === offer.id ? "main" : "plain";
  const name = planName(offer.id);
  if (visitor) {
    const here = `/pricing?cycle=${cycle}&plan=${offer.id}`;
    return (
      <Link
        to="/sign-up"
        search={{ next: price === null ? undefined : here }}
        className={buttonStyles({ tone, size: "lg", className: wide })}
      >
        {price === null
          ? pricing.startFree
          : list.trial_days > 0
            ? pricing.tryFor({ days: list.trial_days })
            : pricing.choose({ plan: name })}
      </Link>
    );
  }
  if (price === null) {
    return (
      <Button size="lg" className={wide} disabled>
        {subscription?.plan === offer.id ? pricing.yours : pricing.included}
      </Button>
    );
  }
  if (isPaid(subscription)) {
    const same = subscription?.paid_plan === offer.id && subscription.billing_cycle === cycle;
    return (
      <Button size="lg" className={wide} disabled={same || busy} onClick={() => onChoose(offer.id as PaidPlan, cycle)}>
        {same ? pricing.yours : pricing.change({ plan: name })}
      </Button>
    );
  }
  const tries = list.trial_days > 0 && !wasSubscribed(subscription);
  return (
    <Button
      tone={tone}
      size="lg"
      className={wide}
      busy={going}
      disabled={busy}
      onClick={() => onChoose(offer.id as PaidPlan, cycle)}
    >
      {tries ? pricing.tryFor({ days: list.trial_days }) : pricing.choose({ plan: name })}
    </Button>
  );
}
