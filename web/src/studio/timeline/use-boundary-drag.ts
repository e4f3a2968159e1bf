// Dragging a boundary: pointer moves become one edit a frame, snapped to the song; letting go is one step of undo, Esc none.

import { useCallback, useRef, useState } from "react";
import { ANY_LENGTH, type ClipLimits, heldAt, type SoftStop, softStops } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import { SNAP_PIXELS, snap, targetsOf } from "@/engine/snapping";
import { useStudio } from "../context";
import type { TimelineView } from "./timeline-view";

export interface DragPlace {
  readonly time: number;
  readonly snapped: boolean;
  readonly stop: SoftStop | null;
}

/** How far past a soft stop the pointer must go to mean it. */
const GIVE_PIXELS = 28;

export function useBoundaryDrag(view: TimelineView, limits: (scene: number) => ClipLimits) {
  const { session } = useStudio();
  const [place, setPlace] = useState<DragPlace | null>(null);
  const drag = useRef<{ frame: number | null; x: number; alt: boolean; end: () => void } | null>(null);

  const begin = useCallback(
    (index: number, pointer: { clientX: number; pointerId: number; target: Element }) => {
      const { editor } = session;
      const scene = editor.snapshot().scenes[index];
      if (!scene || !editor.beginDrag(index)) return;
      const { reach, from } = editor.snapshot().drag ?? { reach: { low: 0, high: 0 }, from: 0 };
      // The pointer rarely takes the boundary by its very middle: it keeps the distance it had.
      const grip = pointer.clientX - clientXOf(view, scene.timestamp_start, pointer.target);
      const targets = targetsOf(editor.grid, session.view.getState().snap);
      const starts = startsOf(editor.snapshot().scenes);
      const stops = [index - 1, index].flatMap((one) =>
        softStops(starts, editor.grid.duration, index, limits(one) ?? ANY_LENGTH).filter((stop) => stop.scene === one),
      );

      const apply = () => {
        const now = drag.current;
        if (!now) return;
        now.frame = null;
        const wanted = view.timeAt(now.x - grip);
        const within = SNAP_PIXELS / view.zoom;
        const snapped = now.alt ? { time: wanted, target: null } : snap(targets, wanted, within, reach.low, reach.high);
        const stop = heldAt(stops, from, snapped.time, GIVE_PIXELS / view.zoom);
        const held = stop ? Math.min(reach.high, Math.max(reach.low, stop.time)) : snapped.time;
        editor.dragTo(held);
        const at = editor.snapshot().scenes[index]?.timestamp_start ?? held;
        setPlace({ time: at, snapped: snapped.target !== null && Math.abs(at - snapped.target) < 1e-6, stop });
      };
      const move = (event: PointerEvent) => {
        const now = drag.current;
        if (!now) return;
        now.x = event.clientX;
        now.alt = event.altKey;
        now.frame ??= requestAnimationFrame(apply);
      };
      const finish = (how: "end" | "cancel") => () => {
        const now = drag.current;
        if (now?.frame != null) {
          cancelAnimationFrame(now.frame);
          if (how === "end") apply();
        }
        now?.end();
        drag.current = null;
        setPlace(null);
        if (how === "end") editor.endDrag();
        else editor.cancelDrag();
      };
      const [drop, cancel] = [finish("end"), finish("cancel")];
      const key = (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        cancel();
      };
      const listening = new AbortController();
      const { signal } = listening;
      window.addEventListener("pointermove", move, { signal });
      window.addEventListener("pointerup", drop, { signal });
      window.addEventListener("pointercancel", cancel, { signal });
      window.addEventListener("keydown", key, { signal, capture: true });
      drag.current = { frame: null, x: pointer.clientX, alt: false, end: () => listening.abort() };
      setPlace({ time: scene.timestamp_start, snapped: targets.includes(scene.timestamp_start), stop: null });
    },
    [session, view, limits],
  );

  return { place, begin };
}

function clientXOf(view: TimelineView, time: number, target: Element): number {
  const scroller = target.closest("[data-timeline]");
  return view.screenX(time) + (scroller?.getBoundingClientRect().left ?? 0);
}
