import { Bell as BellIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { notices as words } from "@/messages/notices";
import { Popover } from "@/ui/Popover";
import { useUnread } from "./use-notices";

const NoticeList = lazy(() => import("./NoticeList").then((module) => ({ default: module.NoticeList })));

const MOST = 99;

/** How much one was told and has not read, live; opens onto all of it. */
export function Bell() {
  const [open, setOpen] = useState(false);
  const { unread } = useUnread();
  return (
    <Popover
      label={words.bell}
      open={open}
      onOpenChange={setOpen}
      className="w-96 max-w-[calc(100vw-1rem)] p-0"
      trigger={
        <button
          type="button"
          className="relative flex size-8 items-center justify-center rounded-md text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg"
        >
          <BellIcon aria-hidden className="size-4" />
          <span className="sr-only">{unread > 0 ? words.unread({ count: unread }) : words.bell}</span>
          {unread > 0 && (
            <span
              aria-hidden
              className="tnum absolute top-0 right-0 flex h-4 min-w-4 items-center justify-center rounded-full bg-ember px-1 font-semibold text-2xs text-on-ember"
            >
              {unread > MOST ? `${MOST}+` : unread}
            </span>
          )}
        </button>
      }
    >
      <Suspense fallback={<div className="h-48" />}>
        <NoticeList unread={unread} onLeave={() => setOpen(false)} />
      </Suspense>
    </Popover>
  );
}
