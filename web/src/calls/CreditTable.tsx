import type { Schemas } from "@/api/client";
import { formatDateTime, formatNumber } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { cn } from "@/ui/cn";
import { Table } from "@/ui/Table";

type Entry = Schemas["Listing_CreditEntry"]["data"][number];

const FRACTION = 1;

export function CreditTable({ label, entries }: { readonly label: string; readonly entries: readonly Entry[] }) {
  return (
    <Table
      label={label}
      rows={entries}
      rowKey={(entry) => entry.id}
      columns={[
        {
          key: "when",
          head: usage.when,
          className: "whitespace-nowrap text-fg-2",
          cell: (entry) => formatDateTime(entry.created_at),
        },
        {
          key: "what",
          head: usage.what,
          cell: (entry) => (
            <>
              {reasonName(entry.reason)}
              {entry.note && <span className="block text-fg-3 text-xs">{entry.note}</span>}
            </>
          ),
        },
        {
          key: "credits",
          head: usage.credits,
          align: "end",
          cell: ({ credits }) => (
            <span className={cn("font-medium", credits > 0 && "text-ok")}>
              {credits > 0 ? "+" : ""}
              {formatNumber(credits, FRACTION)}
            </span>
          ),
        },
      ]}
    />
  );
}

function reasonName(reason: string): string {
  return reason in usage.reasons ? usage.reasons[reason as keyof typeof usage.reasons] : reason;
}
