import type { Schemas } from "@/api/client";
import { formatDate, formatNumber } from "@/i18n/format";
import { billing } from "@/messages/billing";

type Source = Schemas["CreditSource"];

const FRACTION = 1;

/** Where the credits that are left came from, in the order in which they are spent, and until when each can be. */
export function CreditSources({ sources }: { readonly sources: readonly Source[] }) {
  if (sources.length === 0) return null;
  return (
    <section aria-labelledby="credit-sources" className="mt-5">
      <h3 id="credit-sources" className="mb-1 font-medium text-sm">
        {billing.sources}
      </h3>
      <ul className="tnum divide-y divide-line">
        {sources.map((source) => (
          <li
            key={`${source.origin} ${source.granted_at} ${source.expires_at}`}
            className="grid grid-cols-[1fr_auto] items-baseline gap-x-4 py-2"
          >
            <span>{nameOf(source)}</span>
            <span className="font-medium">{leftOf(source)}</span>
            <span className="text-fg-3 text-xs">
              {source.expires_at ? billing.sourceUntil({ date: formatDate(source.expires_at) }) : billing.sourceEver}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf({ origin, granted_at }: Source): string {
  const name = billing.origins[origin];
  return granted_at ? billing.sourceOf({ name, date: formatDate(granted_at) }) : name;
}

function leftOf({ left, granted }: Source): string {
  const number = (value: number) => formatNumber(value, FRACTION);
  return granted && granted !== left ? billing.leftOf({ left: number(left), all: number(granted) }) : number(left);
}
