import { useMemo, useSyncExternalStore } from "react";
import type { Schemas } from "@/api/client";
import { shortTimecode } from "@/engine/timecode";
import { visibleRange } from "@/engine/viewport-window";
import { studio } from "@/messages/studio";
import { useStudio } from "../context";
import { below, LANES, LYRICS_TOP } from "./paint-lanes";
import type { TimelineView } from "./timeline-view";

interface LyricLaneProps {
  readonly view: TimelineView;
  readonly lines: readonly Schemas["Line"][];
}

/** Seconds that a line's words may go on showing after they were sung, while nothing else is. */
const LINGER = 4;

/** A line has the room up to the next one, so that its words can be read. */
function shownUntil(line: Schemas["Line"], next: Schemas["Line"] | undefined): number {
  return Math.max(line.end, Math.min(line.end + LINGER, next?.start ?? Number.POSITIVE_INFINITY));
}

/** What is sung, where it is sung: a click goes there. */
export function LyricLane({ view, lines }: LyricLaneProps) {
  const { session } = useStudio();
  const window = useSyncExternalStore(view.onWindow, view.window);
  const starts = useMemo(() => lines.map((line) => line.start), [lines]);
  const [first, last] = visibleRange(starts, window);
  if (lines.length === 0) {
    return (
      <p
        className="sticky left-0 inline-block px-3 text-2xs text-fg-3"
        style={{ top: below(LYRICS_TOP), marginTop: below(LYRICS_TOP + 7) }}
      >
        {studio.noLyrics}
      </p>
    );
  }
  return (
    <fieldset
      aria-label={studio.lanes.lyrics}
      className="absolute inset-x-0 min-w-0"
      style={{ top: below(LYRICS_TOP), height: LANES.lyrics }}
    >
      {lines.slice(first, last).map((line, index) => (
        <button
          key={line.start}
          type="button"
          aria-label={`${line.text}, ${shortTimecode(line.start)}`}
          onClick={() => session.clock.seek(line.start)}
          className="absolute inset-y-0.5 truncate rounded-sm bg-raised px-2 text-left text-2xs text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg"
          style={{
            left: `calc(${line.start} * var(--pps) * 1px)`,
            width: `calc(max(${shownUntil(line, lines[first + index + 1]) - line.start} * var(--pps) * 1px - 3px, 24px))`,
          }}
        >
          {line.text}
        </button>
      ))}
    </fieldset>
  );
}
