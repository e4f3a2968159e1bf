import { admin } from "@/messages/admin";
import { Dialog } from "@/ui/Dialog";

export interface Detail {
  readonly title: string;
  readonly payload: unknown;
  readonly problem: string | null;
  readonly worker?: string | null;
}

/** What a failure says, whatever its shape. */
export function problemText(error: unknown): string | null {
  if (error === null || error === undefined) return null;
  if (typeof error === "object" && "message" in error && typeof error.message === "string") return error.message;
  return typeof error === "string" ? error : JSON.stringify(error);
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
        <h3 className="text-fg-3 text-xs">{admin.payload}</h3>
        <pre className="overflow-x-auto rounded-lg bg-canvas/60 p-3 font-mono text-xs ring-line">
          {JSON.stringify(detail.payload, null, 2)}
        </pre>
      </div>
    </Dialog>
  );
}
