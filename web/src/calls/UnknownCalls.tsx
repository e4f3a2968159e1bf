import { CircleHelp } from "lucide-react";
import { useState } from "react";
import { formatDateTime, formatUsd } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { Button } from "@/ui/Button";
import { type Call, callName } from "./call";
import { SettleDialog } from "./SettleDialog";

interface UnknownCallsProps {
  readonly calls: readonly Call[];
  readonly total: number;
  readonly onSettled: () => Promise<unknown>;
}

/** Calls whose answer was lost: nothing when there are none. */
export function UnknownCalls({ calls, total, onSettled }: UnknownCallsProps) {
  const [settling, setSettling] = useState<Call | null>(null);
  if (total === 0) return null;
  return (
    <section className="rounded-xl bg-warn/8 p-4 shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--color-warn)_30%,transparent)] sm:p-5">
      <h2 className="flex items-center gap-2 font-semibold text-base">
        <CircleHelp aria-hidden className="size-5 shrink-0 text-warn" />
        {usage.unknownTitle({ count: total })}
      </h2>
      <p className="mt-0.5 max-w-2xl text-fg-2 text-sm">{usage.unknownText}</p>
      <ul className="mt-3 divide-y divide-line">
        {calls.map((call) => (
          <li key={call.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5 last:pb-0">
            <div className="min-w-0 flex-[1_1_14rem]">
              <p className="font-medium">{callName(call)}</p>
              <p className="tnum text-fg-2 text-xs">
                {formatDateTime(call.created_at)} · {usage.heldBack({ cost: formatUsd(call.estimate_usd) })}
              </p>
              {!call.advice?.yours_to_resolve && <p className="text-fg-2 text-xs">{usage.operatorLooks}</p>}
            </div>
            {call.advice?.yours_to_resolve && (
              <Button aria-label={`${usage.settle}: ${callName(call)}`} onClick={() => setSettling(call)}>
                {usage.settle}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {settling && <SettleDialog call={settling} onClose={() => setSettling(null)} onSettled={onSettled} />}
    </section>
  );
}
