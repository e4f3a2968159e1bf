import { CheckCircle2, ChevronDown, CircleAlert, X } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useLiveStatus } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { making } from "@/messages/making";
import { cn } from "@/ui/cn";
import { Popover } from "@/ui/Popover";
import { Ring } from "@/ui/Progress";
import { useStudio } from "../context";
import { summary } from "./run-summary";
import type { Running } from "./use-order";
import { useRunSignals } from "./use-run-signals";

const RunPanel = lazy(() => import("./RunPanel").then((module) => ({ default: module.RunPanel })));

/** How far the order is, in the top bar; opens onto every scene of it. */
export function RunPill({ run }: { readonly run: Running }) {
  const { project } = useStudio();
  const [open, setOpen] = useState(false);
  const live = useLiveStatus();
  const ended = isFinal(run.status);
  const [seen, setSeen] = useState<string | null>(ended ? run.job.id : null);
  useRunSignals(run, project.title);
  // The outcome of an order of this visit stays until it was looked at.
  useEffect(() => {
    if (ended && open) setSeen(run.job.id);
  }, [ended, open, run.job.id]);
  if (ended && seen === run.job.id && !open && run.status === "complete") return null;
  if (ended && seen === run.job.id && !open && run.status === "canceled") return null;
  const words = summary(run);
  return (
    <Popover
      label={making.progress}
      open={open}
      onOpenChange={setOpen}
      className="w-96 max-w-[calc(100vw-1rem)] p-0"
      trigger={
        <button
          type="button"
          className={cn(
            "flex h-9 items-center gap-2 rounded-full bg-canvas/60 pr-2.5 pl-2.5 text-xs ring-line hover:bg-hover",
            live === "lost" && "text-fg-3 grayscale",
          )}
        >
          <Mark run={run} />
          <span className="whitespace-nowrap font-medium">{words.title}</span>
          {words.aside && <span className="tnum whitespace-nowrap text-fg-3 max-[1360px]:hidden">{words.aside}</span>}
          <ChevronDown aria-hidden className="size-3.5 text-fg-3" />
        </button>
      }
    >
      <Suspense>
        <RunPanel run={run} />
      </Suspense>
    </Popover>
  );
}

function Mark({ run }: { readonly run: Running }) {
  if (run.status === "complete") return <CheckCircle2 aria-hidden className="size-4.5 text-ok" />;
  if (run.status === "failed") return <CircleAlert aria-hidden className="size-4.5 text-danger" />;
  if (run.status === "canceled") return <X aria-hidden className="size-4.5 text-fg-3" />;
  return <Ring value={run.status === "queued" ? null : run.fraction} label={making.progress} />;
}
