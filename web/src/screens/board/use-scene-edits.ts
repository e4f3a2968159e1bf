// What can be done to scenes on the board. Each deed is an edit of the sitting, as in the studio: it shows at once, waits
// while the server is out of reach, and can be taken back.

import { useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { newKey } from "@/api/idempotency";
import { board } from "@/messages/board";
import { common } from "@/messages/common";
import { nearest, type SongAnalysis } from "@/project/analysis";
import { planQuery } from "@/project/plan";
import { projectQuery, type SceneView } from "@/project/project";
import type { Op } from "@/studio/scene";
import type { StudioSession } from "@/studio/session";
import { toast } from "@/ui/toasts";

type SceneChange = Schemas["SceneChange"];

const SHORTEST = 0.4;

export function useSceneEdits(session: StudioSession, heard: SongAnalysis | null) {
  const queries = useQueryClient();
  const { editor } = session;

  function undo(): void {
    if (editor.undo()) toast(board.undone, { tone: "ok" });
  }

  /** Does something that can be taken back from where it is said. */
  function undoable(op: Op, done: string): boolean {
    if (!editor.run(op)) return false;
    toast(done, { action: { label: common.undo, run: undo } });
    return true;
  }

  return {
    refresh: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: projectQuery(session.id).queryKey }),
        queries.invalidateQueries({ queryKey: planQuery(session.id).queryKey }),
      ]),
    undo,
    redo: () => void editor.redo(),
    describe: (scene: SceneView, description: string) =>
      void editor.run({ kind: "change", scene: scene.id, change: { description } }),
    lock: (scene: SceneView, locked: boolean) => void editor.run({ kind: "lock", scene: scene.id, locked }),
    /** The same change for many; what is locked stays as it is. */
    changeAll(scenes: readonly SceneView[], { config, locked }: SceneChange): void {
      const able = scenes.filter((scene) => typeof locked === "boolean" || !scene.locked);
      for (const { id } of able) {
        if (typeof locked === "boolean") editor.run({ kind: "lock", scene: id, locked });
        else editor.run({ kind: "change", scene: id, change: { config: config as Partial<SceneView["config"]> } });
      }
      if (able.length === scenes.length) toast(board.bulkDone({ count: able.length }), { tone: "ok" });
      else toast(board.bulkPart({ done: able.length, all: scenes.length }), { tone: "danger" });
    },
    split(scene: SceneView): void {
      const middle = (scene.timestamp_start + scene.timestamp_end) / 2;
      const at = heard ? nearest(heard.beats, middle) : middle;
      const room = at - scene.timestamp_start >= SHORTEST && scene.timestamp_end - at >= SHORTEST;
      if (!room || !undoable({ kind: "split", scene: scene.id, at, fresh: newKey() }, board.splitDone))
        toast(board.tooShort);
    },
    mergeBack: (scene: SceneView) => void undoable({ kind: "merge", scene: scene.id }, board.merged),
    /** Brings the scene with this index to another place in its section. */
    move(from: number, to: number): void {
      const { scenes } = editor.snapshot();
      const [scene, place] = [scenes[from], scenes[to]];
      const done = Math.abs(to - from) === 1 ? board.moved : board.movedTo({ from: from + 1, to: to + 1 });
      if (scene && place) undoable({ kind: "move", scene: scene.id, to: place.id }, done);
    },
  };
}

export type SceneEdits = ReturnType<typeof useSceneEdits>;
