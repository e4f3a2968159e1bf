// An errand that was ordered: watched live, found again after a reload, and stopped when the person says so.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { $api, api } from "@/api/client";
import { failureOf } from "@/api/failure";
import { useTask } from "@/api/live";
import { isFinal } from "@/api/live-link";
import type { Problem } from "@/api/problem";

type ErrandKind = "edit_image" | "transcribe" | "write_scenes";

interface ErrandOptions {
  readonly project: string;
  readonly kind: ErrandKind;
  /** Whose errand it is; left out, the project's as a whole. */
  readonly scene?: string;
  /** With what it gave; once, when it ends well. */
  readonly onDone: (result: unknown) => void;
}

export interface Errand {
  /** How far it is, while there is one; `fraction` is `null` while nobody knows. */
  readonly running: { readonly fraction: number | null } | null;
  readonly problem: Problem | null;
  readonly stopping: boolean;
  readonly watch: (task: string) => void;
  readonly stop: () => void;
  readonly forget: () => void;
}

export function useErrand({ project, kind, scene, onDone }: ErrandOptions): Errand {
  const queries = useQueryClient();
  const [task, setTask] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const params = { path: { id: project }, query: { kind, scene_id: scene, limit: 1 } };
  const options = $api.queryOptions("get", "/api/projects/{id}/tasks", { params });
  // One that was ordered before this page was opened, or in another tab.
  const newest = useQuery({ ...options, staleTime: 0 }).data?.data[0];
  const left = newest && !isFinal(newest.status) && (newest.scene_id ?? undefined) === scene ? newest.task_id : null;
  const watched = task ?? left;
  const live = useTask(watched);
  const ended = live !== null && isFinal(live.status);

  const done = useRef(onDone);
  done.current = onDone;
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (!live || !watched || !isFinal(live.status) || told.current === watched) return;
    told.current = watched;
    if (live.status === "complete") done.current(live.result);
    if (live.status === "failed") {
      void failureOf({ code: live.error_code, message: live.error }, { code: "errand_failed" }).then(setProblem);
    }
    setTask(null);
    void queries.invalidateQueries({ queryKey: ["get", "/api/projects/{id}/tasks"] });
    void queries.invalidateQueries({ queryKey: ["get", "/api/calls"] });
  }, [live, watched, queries]);

  const stop = useMutation({
    mutationFn: (id: string) => api.POST("/api/tasks/{id}/cancel", { params: { path: { id } } }),
  });
  const fraction = live?.progress.fraction;
  return {
    running:
      watched && !ended && told.current !== watched
        ? { fraction: typeof fraction === "number" && fraction > 0 ? fraction : null }
        : null,
    problem,
    stopping: stop.isPending || stop.isSuccess,
    watch: (id) => {
      setProblem(null);
      stop.reset();
      setTask(id);
    },
    stop: () => watched && stop.mutate(watched),
    forget: () => setProblem(null),
  };
}
