// The order that runs for a project, if one does: found over HTTP, watched live, and what it changes asked for anew.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { $api, type Schemas } from "@/api/client";
import type { Failure } from "@/api/failure";
import { useJobProgress } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { projectQuery } from "@/project/project";

type Job = Schemas["VideoJobView"];

export interface Running {
  readonly job: Job;
  readonly status: string;
  readonly stage: string;
  readonly done: number;
  readonly all: number;
  readonly fraction: number;
  readonly secondsLeft: number | null;
  readonly cost: number;
  readonly failure: Failure;
}

const listed = (project: string) => ({ params: { path: { id: project }, query: { limit: 20 } } });

export function jobsQuery(project: string) {
  return $api.queryOptions("get", "/api/projects/{id}/jobs", listed(project));
}

/** An order for a finished film in another shape: it changes neither the film nor the scenes. */
export function isReframe(job: Job): boolean {
  return job.job_type === "reframe";
}

/** The project's newest orders, other shapes of its film among them. */
export function useOrders(project: string): readonly Job[] {
  return $api.useQuery("get", "/api/projects/{id}/jobs", listed(project)).data?.data ?? NONE;
}

const NONE: readonly Job[] = [];

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The newest order of a project and how far it is; `null` when there never was one. */
export function useOrder(project: string): Running | null {
  const queries = useQueryClient();
  const orders = useOrders(project).filter((one) => !isReframe(one));
  const job = orders.find((one) => !isFinal(one.status)) ?? orders[0] ?? null;
  const open = job && !isFinal(job.status) ? job.id : null;
  const live = useJobProgress(open);
  const progress = live?.progress ?? (job?.progress as Readonly<Record<string, unknown>> | undefined) ?? {};
  const status = live?.status ?? job?.status ?? "queued";
  const done = number(progress.completed_scenes) ?? 0;

  // A scene that got ready can be looked at at once; the end changes the film, the list of orders and the money.
  const seen = useRef({ done, status });
  useEffect(() => {
    if (!open) return;
    const before = seen.current;
    seen.current = { done, status };
    if (isFinal(status) && before.status !== status) {
      void queries.invalidateQueries({ queryKey: jobsQuery(project).queryKey });
      void queries.invalidateQueries({ queryKey: projectQuery(project).queryKey });
      void queries.invalidateQueries({ queryKey: ["get", "/api/projects/{id}/exports"] });
      void queries.invalidateQueries({ queryKey: ["get", "/api/scenes/{id}/versions"] });
    } else if (done !== before.done) {
      void queries.invalidateQueries({ queryKey: projectQuery(project).queryKey });
    }
  }, [open, done, status, project, queries]);

  if (!job) return null;
  const costs = job.costs as Readonly<Record<string, unknown>>;
  return {
    job,
    status,
    stage: typeof progress.current_stage === "string" ? progress.current_stage : status,
    done,
    all: number(progress.total_scenes) ?? 0,
    fraction: status === "complete" ? 1 : (number(progress.fraction) ?? 0),
    secondsLeft: number(progress.estimated_time_remaining),
    cost: number(progress.current_cost) ?? number(costs.total) ?? 0,
    failure: {
      code: live?.error_code ?? job.error_details?.code,
      message: live?.error ?? job.error_message,
      hint: job.error_details?.hint,
    },
  };
}
