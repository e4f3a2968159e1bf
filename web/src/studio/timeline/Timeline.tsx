import { type CSSProperties, type PointerEvent as ReactPointerEvent, useEffect, useRef } from "react";
import type { Schemas } from "@/api/client";
import type { ClipLimits } from "@/engine/boundaries";
import type { PeaksPyramid } from "@/engine/peaks";
import { studio } from "@/messages/studio";
import { useEditor, useStudio, useView } from "../context";
import { LaneCanvas } from "./LaneCanvas";
import { LyricLane } from "./LyricLane";
import { Playhead } from "./Playhead";
import { below, LANES, LANES_HEIGHT, LYRICS_TOP, SCENES_TOP, WAVE_TOP } from "./paint-lanes";
import { SceneLane } from "./SceneLane";
import type { TimelineView } from "./timeline-view";

interface TimelineProps {
  readonly view: TimelineView;
  readonly peaks: PeaksPyramid | null;
  readonly lines: readonly Schemas["Line"][];
  readonly limits: (scene: number) => ClipLimits;
}

/** All lanes in one native scroller, with their names beside it. */
export function Timeline({ view, peaks, lines, limits }: TimelineProps) {
  const { session } = useStudio();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const extra = useView((shown) => shown.waveExtra);
  const duration = useEditor(() => session.editor.grid.duration);

  useEffect(() => {
    if (!scroller.current || !content.current) return;
    view.setDuration(duration);
    const detach = view.attach(scroller.current, content.current);
    view.reveal(session.clock.time, 0);
    return detach;
  }, [view, duration, session]);

  return (
    <div
      className="grid min-h-0 grid-cols-[92px_1fr] max-[1360px]:grid-cols-[72px_1fr]"
      style={{ "--wave-extra": `${extra}px` } as CSSProperties}
    >
      <LaneNames />
      <div
        ref={scroller}
        data-timeline
        className="relative overflow-x-auto overflow-y-hidden bg-canvas outline-none"
        style={{ height: below(LANES_HEIGHT + 12) }}
      >
        <div
          ref={content}
          className="relative"
          style={
            {
              "--pps": view.zoom,
              width: `calc(${duration} * var(--pps) * 1px + 160px)`,
              height: below(LANES_HEIGHT),
            } as CSSProperties
          }
        >
          <LaneCanvas view={view} peaks={peaks} />
          <SeekArea view={view} />
          <SceneLane view={view} limits={limits} />
          <LyricLane view={view} lines={lines} />
          <Playhead view={view} />
        </div>
      </div>
    </div>
  );
}

/** Everything from the ruler to the waveform seeks: press to jump, drag to scrub. */
function SeekArea({ view }: { readonly view: TimelineView }) {
  const { session } = useStudio();
  const scrub = (event: ReactPointerEvent) => session.clock.seek(view.timeAt(event.clientX));
  return (
    <div
      className="absolute inset-x-0 top-0 cursor-text touch-none"
      style={{ height: below(SCENES_TOP - LANES.gap) }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
      }}
    />
  );
}

function LaneNames() {
  const rows = [
    { name: studio.lanes.bars, top: 0, height: LANES.ruler },
    { name: studio.lanes.sections, top: LANES.ruler, height: LANES.sections },
    { name: studio.lanes.wave, top: WAVE_TOP, height: below(LANES.wave) },
    { name: studio.lanes.scenes, top: below(SCENES_TOP), height: LANES.scenes },
    { name: studio.lanes.lyrics, top: below(LYRICS_TOP), height: LANES.lyrics },
  ];
  return (
    <div aria-hidden className="relative bg-panel shadow-[inset_-1px_0_0_var(--color-line)]">
      {rows.map((row) => (
        <span
          key={row.name}
          className="absolute left-4 flex items-center text-2xs text-fg-3"
          style={{ top: row.top, height: row.height }}
        >
          {row.name}
        </span>
      ))}
    </div>
  );
}
