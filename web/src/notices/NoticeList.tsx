import { useNavigate } from "@tanstack/react-router";
import { BellOff, CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { formatAgo } from "@/i18n/format";
import { notices as words } from "@/messages/notices";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { RowsLoading } from "@/ui/RowsLoading";
import { type Notice, told } from "./notice";
import { useNotices } from "./use-notices";

const MARKS = { ok: CircleCheck, warn: TriangleAlert, danger: CircleAlert } as const;
const COLOURS = { ok: "text-ok", warn: "text-warn", danger: "text-danger" } as const;

/** What one was told, newest first. Going to what it is about reads it. */
export function NoticeList({ unread, onLeave }: { readonly unread: number; readonly onLeave: () => void }) {
  const { list, read } = useNotices();
  const navigate = useNavigate();
  const all = list.data?.pages.flatMap((page) => page.data) ?? [];
  const newest = all[0];

  function follow(notice: Notice, to: string | undefined) {
    if (!notice.read_at) read.mutate({ ids: [notice.id] });
    if (!to) return;
    onLeave();
    void navigate({ href: to });
  }

  return (
    <div className="flex max-h-[min(32rem,70vh)] flex-col">
      <header className="flex min-h-12 items-center gap-2 px-4 shadow-[inset_0_-1px_0_var(--color-line)]">
        <h2 className="flex-1 font-semibold text-base">{words.bell}</h2>
        {newest && unread > 0 && (
          <Button size="sm" tone="quiet" busy={read.isPending} onClick={() => read.mutate({ up_to: newest.seq })}>
            {words.readAll}
          </Button>
        )}
      </header>
      <div className="min-h-0 overflow-y-auto p-1.5">
        {list.isPending && <RowsLoading />}
        {(list.isError || read.isError) && (
          <ErrorPanel compact error={list.error ?? read.error} onRetry={() => list.refetch()} />
        )}
        {list.isSuccess && all.length === 0 && <Empty icon={<BellOff />} title={words.empty} text={words.emptyText} />}
        <ul>
          {all.map((notice) => (
            <Row key={notice.id} notice={notice} onFollow={follow} />
          ))}
        </ul>
        {list.hasNextPage && (
          <div className="flex justify-center p-2">
            <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {words.more}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

interface RowProps {
  readonly notice: Notice;
  readonly onFollow: (notice: Notice, to: string | undefined) => void;
}

function Row({ notice, onFollow }: RowProps) {
  const said = told(notice);
  if (!said) return null;
  const Mark = MARKS[said.tone];
  return (
    <li>
      <button
        type="button"
        onClick={() => onFollow(notice, said.to)}
        className="flex w-full items-start gap-3 rounded-md px-2.5 py-2.5 text-left hover:bg-hover"
      >
        <Mark aria-hidden className={cn("mt-0.5 size-4 shrink-0", COLOURS[said.tone])} />
        <span className="min-w-0 flex-1">
          <span className={cn("block", notice.read_at ? "text-fg-2" : "font-medium")}>{said.title}</span>
          {said.text && <span className="mt-0.5 line-clamp-2 text-fg-2 text-xs">{said.text}</span>}
          <span className="mt-1 block text-2xs text-fg-3">{formatAgo(notice.created_at)}</span>
        </span>
        {!notice.read_at && (
          <span className="mt-1.5 size-2 shrink-0 rounded-full bg-ember">
            <span className="sr-only">{words.isUnread}</span>
          </span>
        )}
      </button>
    </li>
  );
}
