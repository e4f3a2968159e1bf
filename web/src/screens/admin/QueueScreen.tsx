import { useQuery } from "@tanstack/react-query";
import { CirclePause } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { formatAgo, formatLength, formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Boundary } from "@/ui/Boundary";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { RowsLoading } from "@/ui/RowsLoading";
import { className } from "./class-name";
import { FailedJobs } from "./FailedJobs";
import { Nodes } from "./Nodes";
import { QueuedJobs } from "./QueuedJobs";

const LOOK_EVERY = 5_000;

export function QueueScreen() {
  const queues = useQuery({ ...$api.queryOptions("get", "/api/admin/queues"), refetchInterval: LOOK_EVERY });
  const [chosen, setChosen] = useState<string | null>(null);
  const all = Object.entries(queues.data?.queues ?? {});
  const shown = chosen ?? all[0]?.[0] ?? null;
  return (
    <div className="flex flex-col gap-5">
      <h1 className="font-semibold text-xl">{admin.queue}</h1>
      {queues.isPending && <RowsLoading />}
      {queues.isError && <ErrorPanel error={queues.error} onRetry={() => queues.refetch()} />}
      <div
        role="radiogroup"
        aria-label={admin.choose}
        className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-3"
      >
        {all.map(([name, queue]) => (
          <label
            key={name}
            className={cn(
              "relative cursor-pointer rounded-xl bg-panel p-4 transition-colors duration-[120ms] hover:bg-raised has-focus-visible:outline-2 has-focus-visible:outline-ember has-focus-visible:outline-offset-2",
              shown === name ? "shadow-[inset_0_0_0_1.5px_var(--color-ember)]" : "ring-line",
            )}
          >
            <input
              type="radio"
              name="queue"
              checked={shown === name}
              onChange={() => setChosen(name)}
              className="absolute inset-0 cursor-pointer appearance-none outline-none"
            />
            <span className="block font-semibold">{className(name)}</span>
            <span className="tnum mt-2 grid grid-cols-[1fr_auto] gap-y-0.5 text-fg-2 text-xs">
              <span>{admin.waiting}</span>
              <span className="text-right text-fg">{formatNumber(queue.waiting)}</span>
              <span>{admin.active}</span>
              <span className="text-right text-fg">{formatNumber(queue.active)}</span>
              <span>{admin.delayed}</span>
              <span className="text-right text-fg">{formatNumber(queue.delayed)}</span>
              <span>{admin.failed}</span>
              <span className={queue.failed > 0 ? "text-right font-medium text-danger" : "text-right text-fg"}>
                {formatNumber(queue.failed)}
              </span>
              <span>{admin.completed}</span>
              <span className="text-right text-fg">{formatNumber(queue.completed)}</span>
            </span>
            {queue.paused_at && (
              <span className="mt-1.5 flex items-center gap-1 font-medium text-warn text-xs">
                <CirclePause aria-hidden className="size-3.5" />
                {admin.pausedSince({ ago: formatAgo(queue.paused_at) })}
              </span>
            )}
            {typeof queue.oldest_wait_seconds === "number" && (
              <span className="mt-1.5 block text-warn text-xs">
                {admin.oldest({ time: formatLength(queue.oldest_wait_seconds) })}
              </span>
            )}
          </label>
        ))}
      </div>
      {shown && (
        <Boundary key={shown}>
          <QueuedJobs name={shown} paused={Boolean(queues.data?.queues[shown]?.paused_at)} />
          <FailedJobs name={shown} />
        </Boundary>
      )}
      <Boundary>
        <Nodes />
      </Boundary>
    </div>
  );
}
