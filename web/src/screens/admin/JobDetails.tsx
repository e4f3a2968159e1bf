import { admin } from "@/messages/admin";
import { Dialog } from "@/ui/Dialog";
import { Attempts } from "./Attempts";

export interface Detail {
  readonly title: string;
  readonly payload: unknown;
  readonly problem: string | null;
  readonly worker?: string | null;
  /** On the queue still: its tries can be asked for. */
  readonly job?: number;
}

export function JobDetails({ detail, onClose }: { readonly detail: Detail; readonly onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={detail.title}
      className="w-[min(40rem,calc(100vw-2rem))]"
    >
      <div className="flex flex-col gap-3 text-sm">
        {detail.problem && <p className="break-words text-danger">{detail.problem}</p>}
        {detail.worker && (
          <p className="text-fg-2">
            {admin.worker} {detail.worker}
          </p>
        )}
        {detail.job !== undefined && (
          <>
            <h3 className="text-fg-3 text-xs">{admin.attempts}</h3>
            <Attempts job={detail.job} />
          </>
        )}
        <h3 className="text-fg-3 text-xs">{admin.payload}</h3>
        <pre className="overflow-x-auto rounded-lg bg-canvas/60 p-3 font-mono text-xs ring-line">
          {JSON.stringify(detail.payload, null, 2)}
        </pre>
      </div>
    </Dialog>
  );
}
