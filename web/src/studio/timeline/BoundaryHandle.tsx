import { memo, type PointerEvent as ReactPointerEvent } from "react";
import { reachOf } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import { timecode } from "@/engine/timecode";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { useStudio } from "../context";
import type { Scene } from "../scene";

interface BoundaryHandleProps {
  readonly scene: Scene;
  readonly dragged: boolean;
  readonly onGrab: (index: number, pointer: { clientX: number; pointerId: number; target: Element }) => void;
}

/** The boundary at which a scene starts, as a slider: arrows move it a beat, with Shift a bar. */
export const BoundaryHandle = memo(function BoundaryHandle({ scene, dragged, onGrab }: BoundaryHandleProps) {
  const { session } = useStudio();
  const { editor } = session;
  const index = scene.scene_number - 1;
  const at = editor.grid.barBeat(scene.timestamp_start);
  const reach = reachOf(startsOf(editor.snapshot().scenes), editor.grid, index);

  const step = (beats: number) => {
    const grid = editor.grid;
    const position = grid.beatAt(scene.timestamp_start);
    // From between two beats the first step goes to the nearer end of the beat it is in.
    const on = Math.abs(position - Math.round(position)) < 1e-3;
    const from = on ? Math.round(position) : beats > 0 ? Math.floor(position) : Math.ceil(position);
    editor.run({ kind: "roll", scene: scene.id, start: grid.timeAt(from + beats) });
  };
  const grab = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    // A pointer needs no ring around what it holds.
    event.currentTarget.focus({ preventScroll: true, focusVisible: false });
    onGrab(index, { clientX: event.clientX, pointerId: event.pointerId, target: event.currentTarget });
  };

  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={studio.boundary({ before: index, after: index + 1 })}
      aria-orientation="horizontal"
      aria-valuemin={Math.round(reach.low * 100) / 100}
      aria-valuemax={Math.round(reach.high * 100) / 100}
      aria-valuenow={Math.round(scene.timestamp_start * 100) / 100}
      aria-valuetext={studio.boundaryText({ ...at, time: timecode(scene.timestamp_start) })}
      onPointerDown={grab}
      onKeyDown={(event) => {
        const beats = event.shiftKey ? editor.grid.beatsPerBar : 1;
        if (event.key === "ArrowLeft" || event.key === "ArrowDown") step(-beats);
        else if (event.key === "ArrowRight" || event.key === "ArrowUp") step(beats);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      className="group absolute top-0 z-20 flex h-[50px] w-6 cursor-ew-resize touch-none items-center justify-center rounded-sm"
      style={{ left: `calc(${scene.timestamp_start} * var(--pps) * 1px - 13.5px)` }}
    >
      <span
        aria-hidden
        className={cn(
          "h-7 w-[3px] rounded-full bg-fg-3 transition-[height,background] duration-[120ms] group-hover:h-10 group-hover:bg-fg group-focus-visible:h-10 group-focus-visible:bg-ember",
          dragged && "h-full bg-ember shadow-[0_0_12px_var(--color-ember)]",
        )}
      />
    </div>
  );
});
