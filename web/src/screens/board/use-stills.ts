// Drawing the stills of a whole board with the built-in maker, which costs nothing.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { $api, api } from "@/api/client";
import { isFinal } from "@/api/live-link";
import type { Problem } from "@/api/problem";
import { asProblem } from "@/api/problem";
import { projectQuery, type SceneView } from "@/project/project";

const BUILT_IN: readonly unknown[] = ["animatic-still", "animatic", null, undefined];
const AT_ONCE = 3;
const LOOK_AGAIN = 1_000;

interface Filling {
  readonly done: number;
  readonly all: number;
}

/** Whether stills of this project are drawn by the built-in maker: orders repeat the models of the last one. */
function useFree(project: string): boolean {
  const jobs = useQuery(
    $api.queryOptions("get", "/api/projects/{id}/jobs", { params: { path: { id: project }, query: { limit: 1 } } }),
  );
  if (!jobs.data) return false;
  const config = jobs.data.data[0]?.config as { image_model?: string | null } | undefined;
  return BUILT_IN.includes(config?.image_model);
}

export function useStills(project: string) {
  const queries = useQueryClient();
  const free = useFree(project);
  const [filling, setFilling] = useState<Filling | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const stopped = useRef(false);
  const refresh = () => queries.invalidateQueries({ queryKey: projectQuery(project).queryKey });

  /** Orders a still; its order's id. */
  async function order(scene: SceneView, keepSeed: boolean): Promise<string | null> {
    const { data } = await api.POST("/api/scenes/{id}/regenerate", {
      params: { path: { id: scene.id } },
      body: { type: "image", keep_seed: keepSeed },
    });
    if (data && data.estimated_cost_usd > 0) stopped.current = true;
    return data?.job_id ?? null;
  }

  /** Until the order has ended, one way or the other: so few wait on the server that stopping stops. */
  async function drawn(job: string | null): Promise<void> {
    for (let going = job !== null; going; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      const { data } = await api.GET("/api/video/jobs/{id}/progress", { params: { path: { id: job ?? "" } } });
      going = data !== undefined && !isFinal(data.status);
    }
  }

  /** Orders a still for each of these scenes, a few at a time; what is drawn shows as it comes. */
  async function fill(scenes: readonly SceneView[]): Promise<void> {
    stopped.current = false;
    setProblem(null);
    setFilling({ done: 0, all: scenes.length });
    const waiting = [...scenes];
    const worker = async () => {
      for (let scene = waiting.shift(); scene && !stopped.current; scene = waiting.shift()) {
        const job = await order(scene, true);
        await refresh();
        await drawn(job);
        setFilling((now) => now && { ...now, done: now.done + 1 });
        await refresh();
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } catch (error) {
      stopped.current = true;
      setProblem(asProblem(error));
    }
    setFilling(null);
    await refresh();
  }

  return {
    free,
    filling,
    problem,
    fill,
    stop: () => {
      stopped.current = true;
    },
    async redraw(scene: SceneView): Promise<void> {
      setProblem(null);
      try {
        await order(scene, false);
      } catch (error) {
        setProblem(asProblem(error));
      }
      await refresh();
    },
  };
}
