import { onlineManager } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { common } from "@/messages/common";

/** Whether the browser thinks it is connected. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
}

export function OfflineBar() {
  if (useOnline()) return null;
  return (
    <div
      role="status"
      className="flex items-center justify-center gap-2 bg-warn/15 px-4 py-1 text-center text-warn text-xs"
    >
      <WifiOff aria-hidden className="size-3.5" />
      {common.offline}
    </div>
  );
}
