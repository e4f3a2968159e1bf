import { CloudAlert, CloudOff } from "lucide-react";
import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { useOnline } from "@/frame/OfflineBar";
import { useSaving } from "@/frame/TopBar";
import { common } from "@/messages/common";
import { saving } from "@/messages/saving";
import { Button } from "@/ui/Button";
import type { StudioSession } from "./session";

const ConflictDialog = lazy(() => import("./ConflictDialog").then((module) => ({ default: module.ConflictDialog })));

/** What the top bar cannot say in a word: edits that wait offline, were refused, or met somebody else's. */
export function SaveNotices({ session }: { readonly session: StudioSession }) {
  const { state, conflict, refused, waiting: kept } = useSyncExternalStore(session.subscribe, session.status);
  // Where the browser itself is offline, the bar above the page says so.
  const online = useOnline();
  // Nothing is saved while somebody is asked which of two changes stays.
  const waiting = state === "waiting" || state === "sending" || state === "conflict";
  useEffect(() => {
    if (!waiting) return;
    useSaving.setState(({ pending }) => ({ pending: pending + 1 }));
    return () => useSaving.setState(({ pending }) => ({ pending: pending - 1 }));
  }, [waiting]);
  useEffect(() => {
    useSaving.setState({ kept: state === "offline" ? kept : 0 });
    return () => useSaving.setState({ kept: 0 });
  }, [state, kept]);
  return (
    <>
      {state === "offline" && online && (
        <p role="status" className="flex items-center gap-2 bg-warn/12 px-4 py-1.5 text-warn text-xs">
          <CloudOff aria-hidden className="size-3.5" />
          {saving.offlineKept}
        </p>
      )}
      {refused && (
        <div role="alert" className="flex items-center gap-3 bg-danger/12 px-4 py-1.5 text-xs">
          <CloudAlert aria-hidden className="size-3.5 shrink-0 text-danger" />
          <p className="min-w-0 flex-1">
            <span className="font-medium">{saving.refusedTitle}</span>{" "}
            {refused.code === "invalid" ? refused.message : refused.title} {saving.takenBack}
          </p>
          <Button size="sm" tone="quiet" onClick={() => session.dismissRefusal()}>
            {common.close}
          </Button>
        </div>
      )}
      <Suspense>{conflict && <ConflictDialog conflict={conflict} session={session} />}</Suspense>
    </>
  );
}
