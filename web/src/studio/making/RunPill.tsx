import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, BellRing, CheckCircle2, ChevronDown, CircleAlert, CloudOff, RotateCw, X } from "lucide-react";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { useLiveStatus } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { formatLength, formatUsd } from "@/i18n/format";
import { making } from "@/messages/making";
import { studio } from "@/messages/studio";
import { Button, buttonStyles } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Popover } from "@/ui/Popover";
import { Bar, Ring } from "@/ui/Progress";
import { useScenes, useStudio } from "../context";
import { type Scene, stateOf } from "../scene";
import { jobsQuery, type Running } from "./use-order";
import { useRunSignals } from "./use-run-signals";

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
      <RunPanel run={run} />
    </Popover>
  );
}

function Mark({ run }: { readonly run: Running }) {
  if (run.status === "complete") return <CheckCircle2 aria-hidden className="size-4.5 text-ok" />;
  if (run.status === "failed") return <CircleAlert aria-hidden className="size-4.5 text-danger" />;
  if (run.status === "canceled") return <X aria-hidden className="size-4.5 text-fg-3" />;
  return <Ring value={run.status === "queued" ? null : run.fraction} label={making.progress} />;
}

function summary(run: Running): { title: string; aside: string | null } {
  const single = run.job.job_type === "single_scene";
  switch (run.status) {
    case "complete":
      return { title: single ? making.doneScene : making.done, aside: null };
    case "failed":
      return { title: making.failed, aside: null };
    case "canceled":
      return { title: making.canceled, aside: null };
    case "queued":
      return { title: making.queued, aside: null };
    default: {
      const aside =
        run.secondsLeft !== null && run.secondsLeft > 0 ? making.left({ time: formatLength(run.secondsLeft) }) : null;
      if (run.stage === "postprocessing") return { title: making.finishing, aside };
      return { title: single ? making.runningScene : making.running({ done: run.done, all: run.all }), aside };
    }
  }
}

function RunPanel({ run }: { readonly run: Running }) {
  const { project } = useStudio();
  const queries = useQueryClient();
  const live = useLiveStatus();
  const again = { onSuccess: () => queries.invalidateQueries({ queryKey: jobsQuery(project.id).queryKey }) };
  const path = { params: { path: { id: run.job.id } } };
  const cancel = useMutation({ mutationFn: () => api.POST("/api/video/jobs/{id}/cancel", path), ...again });
  const retry = useMutation({ mutationFn: () => api.POST("/api/video/jobs/{id}/retry", path), ...again });
  const ended = isFinal(run.status);
  const words = summary(run);
  return (
    <div className="flex max-h-[70vh] flex-col">
      <div className="p-4">
        <div className="flex items-baseline gap-2">
          <p className="flex-1 font-semibold text-sm">{words.title}</p>
          {words.aside && <span className="tnum text-fg-3 text-xs">{words.aside}</span>}
        </div>
        {!ended && (
          <Bar value={run.status === "queued" ? null : run.fraction} label={making.progress} className="mt-2.5" />
        )}
        <p className="tnum mt-2 flex gap-3 text-2xs text-fg-3">
          <span>{making.cost({ cost: formatUsd(run.cost) })}</span>
          {!ended && <span>{making.safe}</span>}
        </p>
        {live === "lost" && !ended && (
          <p className="mt-2 flex items-center gap-1.5 text-2xs text-warn">
            <CloudOff aria-hidden className="size-3.5" />
            {making.lost}
          </p>
        )}
        {run.status === "failed" && run.error && (
          <p className="mt-3 rounded-md bg-danger/10 px-3 py-2 text-danger text-xs">{run.error}</p>
        )}
        {(cancel.isError || retry.isError) && (
          <ErrorPanel compact error={cancel.error ?? retry.error} className="mt-3" />
        )}
      </div>
      {!ended && run.job.job_type !== "single_scene" && <SceneStages />}
      <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t p-3">
        {!ended && <NotifyButton />}
        {!ended && (
          <Button
            tone="quiet"
            title={making.cancelHint}
            busy={cancel.isPending}
            disabled={run.job.cancel_requested}
            icon={<X aria-hidden className="size-4" />}
            onClick={() => cancel.mutate()}
          >
            {run.job.cancel_requested || cancel.isSuccess ? making.cancelling : making.cancel}
          </Button>
        )}
        {(run.status === "failed" || run.status === "canceled") && (
          <Button
            tone="main"
            busy={retry.isPending}
            icon={<RotateCw aria-hidden className="size-4" />}
            onClick={() => retry.mutate()}
          >
            {making.retry}
          </Button>
        )}
        {run.status === "complete" && run.job.job_type !== "single_scene" && (
          <Link to={"/p/$id/finish" as "/p/$id"} params={{ id: project.id }} className={buttonStyles({ tone: "main" })}>
            {making.watch}
          </Link>
        )}
      </div>
    </div>
  );
}

/** What each scene is at; a finished one can be edited at once. */
function SceneStages() {
  const scenes = useScenes();
  const { select, session } = useStudio();
  return (
    <ul className="min-h-0 flex-1 overflow-y-auto border-line border-t px-2 py-1.5">
      {scenes.map((scene) => (
        <li key={scene.id}>
          <button
            type="button"
            onClick={() => {
              select(scene.id);
              session.clock.seek(scene.timestamp_start);
            }}
            className="flex h-7 w-full items-center gap-2 rounded-sm px-2 text-left text-xs hover:bg-hover"
          >
            <span className="tnum w-6 text-fg-3">{scene.scene_number}</span>
            <span className="min-w-0 flex-1 truncate">{scene.config.title}</span>
            <StageWord scene={scene} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function StageWord({ scene }: { readonly scene: Scene }) {
  const state = stateOf(scene);
  const words = {
    ready: making.sceneStages.done,
    still: making.sceneStages.still,
    working: scene.status === "generating_video" ? making.sceneStages.video : making.sceneStages.image,
    stale: making.sceneStages.waiting,
    waiting: making.sceneStages.waiting,
    failed: studio.states.failed,
  };
  return (
    <span
      className={cn(
        "text-2xs text-fg-3",
        state === "ready" && "text-ok",
        state === "working" && "text-ember",
        state === "failed" && "text-danger",
      )}
    >
      {words[state]}
    </span>
  );
}

function NotifyButton() {
  const [permission, setPermission] = useState(() => ("Notification" in window ? Notification.permission : "denied"));
  if (permission === "granted") {
    return (
      <span className="mr-auto flex items-center gap-1.5 text-2xs text-fg-3">
        <BellRing aria-hidden className="size-3.5" />
        {making.notifyOn}
      </span>
    );
  }
  if (permission === "denied") return <span className="mr-auto text-2xs text-fg-3">{making.notifyOff}</span>;
  return (
    <Button
      tone="quiet"
      className="mr-auto"
      icon={<Bell aria-hidden className="size-4" />}
      onClick={() => void Notification.requestPermission().then(setPermission)}
    >
      {making.notify}
    </Button>
  );
}
