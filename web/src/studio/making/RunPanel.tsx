import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, BellRing, CloudOff, RotateCw, X } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useLiveStatus } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { FailureNote } from "@/buying/FailureNote";
import { formatUsd } from "@/i18n/format";
import { cost } from "@/messages/cost";
import { making } from "@/messages/making";
import { studio } from "@/messages/studio";
import { Button, buttonStyles } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import { useScenes, useStudio } from "../context";
import { type Scene, stateOf } from "../scene";
import { summary } from "./run-summary";
import { jobsQuery, type Running } from "./use-order";

/** Every scene of an order, and what can be done with it. */
export function RunPanel({ run }: { readonly run: Running }) {
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
          <span>{cost.cost({ cost: formatUsd(run.cost) })}</span>
          {!ended && <span>{cost.safe}</span>}
        </p>
        {live === "lost" && !ended && (
          <p className="mt-2 flex items-center gap-1.5 text-2xs text-warn">
            <CloudOff aria-hidden className="size-3.5" />
            {cost.lost}
          </p>
        )}
        {run.status === "failed" && (
          <FailureNote compact failure={run.failure} otherwise={{ code: "order_failed" }} className="mt-3" />
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
            title={cost.cancelHint}
            busy={cancel.isPending}
            disabled={run.job.cancel_requested}
            icon={<X aria-hidden className="size-4" />}
            onClick={() => cancel.mutate()}
          >
            {run.job.cancel_requested || cancel.isSuccess ? cost.cancelling : cost.cancel}
          </Button>
        )}
        {(run.status === "failed" || run.status === "canceled") && (
          <Button
            tone="main"
            busy={retry.isPending}
            icon={<RotateCw aria-hidden className="size-4" />}
            onClick={() => retry.mutate()}
          >
            {cost.retry}
          </Button>
        )}
        {run.status === "complete" && run.job.job_type !== "single_scene" && (
          <Link to={"/p/$id/finish" as "/p/$id"} params={{ id: project.id }} className={buttonStyles({ tone: "main" })}>
            {cost.watch}
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
    ready: cost.sceneStages.done,
    still: cost.sceneStages.still,
    working: scene.status === "generating_video" ? cost.sceneStages.video : cost.sceneStages.image,
    stale: cost.sceneStages.waiting,
    waiting: cost.sceneStages.waiting,
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
        {cost.notifyOn}
      </span>
    );
  }
  if (permission === "denied") return <span className="mr-auto text-2xs text-fg-3">{cost.notifyOff}</span>;
  return (
    <Button
      tone="quiet"
      className="mr-auto"
      icon={<Bell aria-hidden className="size-4" />}
      onClick={() => void Notification.requestPermission().then(setPermission)}
    >
      {cost.notify}
    </Button>
  );
}
