// Everything that can be done in the studio, once: buttons, keys and the command palette all call these.

import { useEffect, useMemo } from "react";
import { cutAt, sceneAt } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import { nextMode } from "@/engine/snapping";
import { studio } from "@/messages/studio";
import { toast } from "@/ui/toasts";
import { useStudio } from "./context";
import { anchor } from "./timeline/Transport";
import type { TimelineView } from "./timeline/timeline-view";

export type StudioActions = ReturnType<typeof useStudioActions>;

export function useStudioActions(view: TimelineView) {
  const { session, canEdit, selected, select } = useStudio();
  const { clock, editor } = session;

  // A loop stays on its scene, wherever the scene is moved to.
  useEffect(() => {
    const place = () => {
      const scene = selected ? editor.scene(selected) : undefined;
      const wanted =
        session.view.getState().loop && scene ? { start: scene.timestamp_start, end: scene.timestamp_end } : null;
      const { loop } = clock;
      if (loop?.start !== wanted?.start || loop?.end !== wanted?.end) clock.setLoop(wanted);
    };
    place();
    const stops = [editor.subscribe(place), session.view.subscribe(place)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [session, clock, editor, selected]);

  return useMemo(() => {
    const scenes = () => editor.snapshot().scenes;
    const current = () => sceneAt(startsOf(scenes()), clock.time);
    const go = (time: number) => {
      clock.seek(time);
      view.reveal(clock.time);
    };
    const goScene = (index: number) => {
      const scene = scenes()[Math.min(scenes().length - 1, Math.max(0, index))];
      if (!scene) return;
      select(scene.id);
      go(scene.timestamp_start);
    };
    const goBeats = (beats: number) => {
      const position = editor.grid.beatAt(clock.time);
      const from = beats > 0 ? Math.floor(position + 1e-3) : Math.ceil(position - 1e-3);
      go(editor.grid.timeAt(from + beats));
    };
    const goSection = (step: number) => {
      const { sections } = editor.grid;
      const index = editor.grid.sectionIndexAt(clock.time);
      const here = sections[index];
      // Back goes to the start of this section first, as players do.
      const back = step < 0 && here && clock.time - here.start > 0.5 ? 0 : step;
      const target = sections[index + back];
      if (target) go(target.start);
    };
    const set = session.view.setState;
    const get = session.view.getState;
    return {
      play: () => clock.toggle(),
      back: () => clock.shuttle(-1),
      stop: () => clock.pause(),
      forward: () => clock.shuttle(1),
      loop: () => set({ loop: !get().loop }),
      beatBack: () => goBeats(-1),
      beatForward: () => goBeats(1),
      sceneBack: () => {
        const index = current();
        const scene = scenes()[index];
        goScene(scene && clock.time - scene.timestamp_start > 0.5 ? index : index - 1);
      },
      sceneForward: () => goScene(current() + 1),
      sectionBack: () => goSection(-1),
      sectionForward: () => goSection(1),
      start: () => go(0),
      end: () => go(editor.grid.duration),
      split: () => {
        if (!canEdit) return;
        const index = current();
        const scene = scenes()[index];
        if (!scene) return;
        const at = cutAt(startsOf(scenes()), editor.grid, index, nearestBeat(clock.time));
        if (at === null) {
          toast(studio.tooShortToSplit);
          return;
        }
        editor.run({ kind: "split", scene: scene.id, at, fresh: `new-${crypto.randomUUID()}` });
      },
      merge: () => {
        const index = scenes().findIndex((scene) => scene.id === selected);
        const scene = scenes()[index];
        if (!canEdit || !scene) return;
        const heir = scenes()[index === 0 ? 1 : index - 1];
        if (editor.run({ kind: "merge", scene: scene.id }) && heir) select(heir.id);
      },
      snap: () => set({ snap: nextMode(get().snap) }),
      undo: () => canEdit && editor.undo(),
      redo: () => canEdit && editor.redo(),
      lock: () => {
        const scene = selected ? editor.scene(selected) : undefined;
        if (canEdit && scene) editor.run({ kind: "lock", scene: scene.id, locked: !scene.locked });
      },
      follow: () => set({ follow: !get().follow }),
      zoomIn: () => view.zoomBy(2, anchor(view, clock.time)),
      zoomOut: () => view.zoomBy(-2, anchor(view, clock.time)),
      fit: () => view.fit(),
      guides: () => set({ guides: !get().guides }),
      captions: () => set({ captions: !get().captions }),
    };

    /** A cut by hand lands on the beat, unless snapping is off. */
    function nearestBeat(time: number): number {
      if (get().snap === "off") return time;
      return editor.grid.timeAt(Math.round(editor.grid.beatAt(time)));
    }
  }, [session, clock, editor, view, canEdit, selected, select]);
}
