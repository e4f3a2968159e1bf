import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { formatNumber } from "@/i18n/format";
import { plans } from "@/messages/plans";
import type { CreditTerms } from "./CreditNote";

/** How many credits an order takes, how many there are, and where to get those that are missing. */
export function CreditLines({ terms }: { readonly terms: CreditTerms }) {
  const needed = Math.ceil(terms.credits_needed);
  const left = Math.floor(terms.credits_available);
  const words = { needed: formatNumber(needed), left: formatNumber(left) };
  if (terms.credits_needed <= terms.credits_available) {
    return (
      <p className="tnum flex items-start gap-2 text-fg-2 text-xs">
        <Coins aria-hidden className="mt-px size-3.5 shrink-0" />
        {plans.credits(words)}
      </p>
    );
  }
  return (
    <div role="status" className="flex items-start gap-2 rounded-md bg-warn/12 px-3 py-2 text-xs">
      <Coins aria-hidden className="mt-px size-3.5 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="tnum font-medium text-warn">
          {plans.creditsShort({ missing: formatNumber(Math.max(needed - left, 1)) })}
        </p>
        <p className="tnum mt-0.5 text-fg-2">
          {plans.credits(words)} {plans.creditsFirst}
        </p>
        <Link
          to="/billing"
          search={{ from: location.pathname + location.search }}
          className="mt-1 inline-flex min-h-6 items-center text-ember underline-offset-4 hover:underline"
        >
          {plans.topUp}
        </Link>
      </div>
    </div>
  );
}
