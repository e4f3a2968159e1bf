import { ShieldCheck } from "lucide-react";
import { formatUsd } from "@/i18n/format";
import { buying } from "@/messages/buying";
import { cn } from "@/ui/cn";

interface BillProps {
  /** What is bought; nothing for what has one line alone. */
  readonly lines?: readonly { readonly key: string; readonly label: string; readonly usd: number }[];
  /** `null` while nobody knows. */
  readonly total: number | null;
  /** An old price stands greyed while the new one is asked for. */
  readonly asking?: boolean;
}

/** What it costs, before it is done, and that it stays at that. */
export function Bill({ lines = [], total, asking = false }: BillProps) {
  return (
    <div>
      <dl className={cn("tnum rounded-lg bg-canvas/50 px-3.5 ring-line", asking && "text-fg-3 [&_dt]:text-fg-3")}>
        {lines.map(({ key, label, usd }) => (
          <div key={key} className="flex justify-between gap-4 border-line border-b py-2 text-xs">
            <dt className="text-fg-2">{label}</dt>
            <dd>{usd > 0 ? formatUsd(usd) : buying.free}</dd>
          </div>
        ))}
        <div className="flex items-baseline justify-between gap-4 py-2.5">
          <dt className="font-medium text-sm">{buying.total}</dt>
          <dd className="font-semibold text-lg" aria-live="polite">
            {total === null ? buying.pricing : total > 0 ? formatUsd(total) : buying.free}
          </dd>
        </div>
      </dl>
      {total !== null && total > 0 && (
        <p className="mt-2 flex items-start gap-2 text-fg-3 text-xs">
          <ShieldCheck aria-hidden className="mt-px size-3.5 shrink-0" />
          {buying.atMost}
        </p>
      )}
    </div>
  );
}
