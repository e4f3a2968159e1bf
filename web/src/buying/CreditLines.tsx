import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { $api } from "@/api/client";
import { offersQuery } from "@/billing/offers";
import { creditsFor } from "@/billing/worth";
import { formatNumber } from "@/i18n/format";
import { plans } from "@/messages/plans";

export interface CreditNoteProps {
  readonly lines: readonly { readonly model: string; readonly usd: number }[];
}

/** On a server that sells credits: how many an order takes, how many there are, and where to get those that are missing. */
export function CreditLines({ lines }: CreditNoteProps) {
  const offers = useQuery({ ...offersQuery, staleTime: Number.POSITIVE_INFINITY });
  const sells = offers.data?.payments === true;
  const credits = useQuery({
    ...$api.queryOptions("get", "/api/billing/credits", { params: { query: { limit: 1 } } }),
    enabled: sells,
  });
  const models = useQuery({ ...$api.queryOptions("get", "/api/models"), enabled: sells });
  const keys = useQuery({ ...$api.queryOptions("get", "/api/users/me/provider-keys"), enabled: sells });
  if (!sells || !credits.data || !models.data || !keys.data) return null;
  // What is bought with keys of one's own is paid there.
  const own = new Set(keys.data.data.map((key) => key.provider));
  const provider = (id: string) => models.data.models.find((model) => model.id === id)?.provider ?? "";
  const usd = lines.filter((line) => !own.has(provider(line.model))).reduce((sum, line) => sum + line.usd, 0);
  if (usd === 0) return null;
  const needed = Math.ceil(creditsFor(usd));
  const left = Math.floor(credits.data.balance.available);
  const missing = needed - left;
  const words = { needed: formatNumber(needed), left: formatNumber(left) };
  if (missing <= 0) {
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
        <p className="tnum font-medium text-warn">{plans.creditsShort({ missing: formatNumber(missing) })}</p>
        <p className="tnum mt-0.5 text-fg-2">
          {plans.credits(words)} {plans.creditsStop}
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
