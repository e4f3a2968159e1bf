import { formatDateTime, formatNumber } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { Dialog } from "@/ui/Dialog";
import { type Call, callName } from "./call";

/** What one needs for asking the service about a call. */
export function CallDetails({ call, onClose }: { readonly call: Call; readonly onClose: () => void }) {
  const problem = [call.error?.code, call.error?.message].filter(Boolean).join(": ");
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    [usage.when, formatDateTime(call.created_at)],
    [usage.service, call.model],
    [usage.reference, call.reference],
    [usage.serviceId, call.provider_job_id],
    [usage.attempts, formatNumber(call.attempts)],
    [usage.because, call.because],
    [usage.error, problem],
  ];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={callName(call)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 text-sm">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-fg-3">{name}</dt>
              <dd className="tnum min-w-0 break-all">{value}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}
