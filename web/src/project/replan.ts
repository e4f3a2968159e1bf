// Having the storyboard laid out anew, as after another template or character: edited scenes are kept as versions.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { useTask } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { Problem } from "@/api/problem";
import { whileSaving } from "@/frame/TopBar";
import { analysis } from "@/messages/analysis";

export interface Replanning {
  readonly run: (change: { template_id?: string; character_profile_id?: string }) => void;
  readonly busy: boolean;
  readonly error: unknown;
}

/** Changes what the plan is made from, has it made anew, and calls `onDone` when it is there. */
export function useReplan(project: string, onDone?: () => void): Replanning {
  const queries = useQueryClient();
  const [task, setTask] = useState<string | null>(null);
  const [failure, setFailure] = useState<Problem | null>(null);
  const live = useTask(task);
  const done = async () => {
    await queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/api/projects/{id}"),
    });
    onDone?.();
  };
  const ask = useMutation({
    mutationFn: async (body: { template_id?: string; character_profile_id?: string }) => {
      const path = { id: project };
      await api.PATCH("/api/projects/{id}", { params: { path }, body });
      const { data } = await api.POST("/api/projects/{id}/analyze-audio", {
        params: { path, query: { again: true, wait_seconds: 0 } },
      });
      return data;
    },
    onSuccess: (answer) => {
      if (answer && "task_id" in answer) setTask(answer.task_id);
      else void done();
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a task ends once
  useEffect(() => {
    if (!live || !task || !isFinal(live.status)) return;
    setTask(null);
    if (live.status === "complete") void done();
    else setFailure(new Problem({ code: "analysis_failed", status: 422, detail: live.error ?? analysis.failed }));
  }, [live, task]);
  return {
    run: (change) => {
      setFailure(null);
      void whileSaving(ask.mutateAsync(change)).catch(() => undefined);
    },
    busy: ask.isPending || task !== null,
    error: ask.error ?? failure,
  };
}
