// What can be done to scenes on the board. Each deed is one change for the server, and what changes several scenes can be
// taken back through the whole plan.

import { useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { whileSaving } from "@/frame/TopBar";
import { board } from "@/messages/board";
import { common } from "@/messages/common";
import { nearest, type SongAnalysis } from "@/project/analysis";
import { moveScene, type Plan, planQuery } from "@/project/plan";
import { type ProjectView, projectQuery, type SceneView } from "@/project/project";
import { toast } from "@/ui/toasts";

type SceneChange = Schemas["SceneChange"];

const SHORTEST = 0.4;

export function useSceneEdits(project: ProjectView, heard: SongAnalysis | null) {
  const queries = useQueryClient();
  const { queryKey } = projectQuery(project.id);
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey }),
      queries.invalidateQueries({ queryKey: planQuery(project.id).queryKey }),
    ]);

  /** The version that the plan is of now: any deed raises it. */
  const version = async () => {
    const { project: now } = await queries.fetchQuery({ ...projectQuery(project.id), staleTime: 0 });
    return now.version;
  };

  async function putPlan(plan: Plan): Promise<void> {
    await api.PUT("/api/projects/{id}/plan", {
      params: { path: { id: project.id }, header: { "If-Match": ifMatch(await version()) } },
      body: plan as unknown as Record<string, never>,
    });
  }

  /** Does something that several scenes are part of, and offers to take it back. */
  async function undoable(done: string, deed: (before: Plan) => Promise<unknown>): Promise<void> {
    try {
      await whileSaving(
        (async () => {
          const before = (await queries.fetchQuery({ ...planQuery(project.id), staleTime: 0 })) as unknown as Plan;
          await deed(before);
          await refresh();
          toast(done, { action: { label: common.undo, run: () => void undo(before) } });
        })(),
      );
    } catch (error) {
      toast(asProblem(error).title, { tone: "danger" });
      await refresh();
    }
  }

  async function undo(before: Plan): Promise<void> {
    try {
      await whileSaving(putPlan(before));
      toast(board.undone, { tone: "ok" });
    } catch (error) {
      toast(asProblem(error).title, { tone: "danger" });
    }
    await refresh();
  }

  return {
    refresh,
    /** Throws what the server says: the card shows it, a conflict beside what was typed. */
    change: (scene: SceneView, change: SceneChange, on: number = scene.version) =>
      whileSaving(
        api
          .PATCH("/api/scenes/{id}", {
            params: { path: { id: scene.id }, header: { "If-Match": ifMatch(on) } },
            body: change,
          })
          .finally(refresh),
      ),
    /** The same change for many; says how many took it. */
    async changeAll(scenes: readonly SceneView[], change: SceneChange): Promise<void> {
      let done = 0;
      await whileSaving(
        (async () => {
          for (const scene of scenes) {
            const params = { path: { id: scene.id }, header: { "If-Match": ifMatch(scene.version) } };
            done += await api.PATCH("/api/scenes/{id}", { params, body: change }).then(
              () => 1,
              () => 0,
            );
          }
          await refresh();
        })(),
      );
      if (done === scenes.length) toast(board.bulkDone({ count: done }), { tone: "ok" });
      else toast(board.bulkPart({ done, all: scenes.length }), { tone: "danger" });
    },
    split(scene: SceneView): void {
      const middle = (scene.timestamp_start + scene.timestamp_end) / 2;
      const at = heard ? nearest(heard.beats, middle) : middle;
      if (at - scene.timestamp_start < SHORTEST || scene.timestamp_end - at < SHORTEST) {
        toast(board.tooShort);
        return;
      }
      void undoable(board.splitDone, () =>
        api.POST("/api/projects/{id}/scenes", {
          params: { path: { id: project.id } },
          body: { timestamp_start: at, timestamp_end: scene.timestamp_end, description: scene.description },
        }),
      );
    },
    mergeBack(scene: SceneView): void {
      void undoable(board.merged, () => api.DELETE("/api/scenes/{id}", { params: { path: { id: scene.id } } }));
    },
    /** Brings the scene with this index to another place in its section. */
    move(from: number, to: number): void {
      const done = Math.abs(to - from) === 1 ? board.moved : board.movedTo({ from: from + 1, to: to + 1 });
      void undoable(done, (before) => putPlan(moveScene(before, from, to)));
    },
  };
}

export type SceneEdits = ReturnType<typeof useSceneEdits>;
