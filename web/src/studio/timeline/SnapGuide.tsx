import { barBeatCode, timecode } from "@/engine/timecode";
import { formatNumber } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { useScenes, useStudio } from "../context";
import { below, LANES_HEIGHT } from "./paint-lanes";
import type { DragPlace } from "./use-boundary-drag";

/** The line and the pill that say where a dragged boundary is; they glow while it holds to the song. */
export function SnapGuide({ place }: { readonly place: DragPlace }) {
  const { session } = useStudio();
  const scenes = useScenes();
  const { grid } = session.editor;
  const left = `calc(${place.time} * var(--pps) * 1px)`;
  const stopped = place.stop ? scenes[place.stop.scene] : undefined;
  const seconds = formatNumber(stopped?.duration_seconds ?? 0, 1);
  return (
    <div className="pointer-events-none absolute top-0 z-40" style={{ left, height: below(LANES_HEIGHT) }}>
      <div
        className={cn(
          "absolute inset-y-0 -left-px w-0.5",
          place.snapped ? "bg-ember shadow-[0_0_14px_1px_var(--color-ember)]" : "bg-fg-2",
        )}
      />
      <output
        className={cn(
          "tnum absolute top-0 -translate-x-1/2 whitespace-nowrap rounded-full px-2.5 py-0.5 font-semibold text-2xs",
          place.snapped
            ? "bg-ember text-on-ember shadow-[0_0_16px_-2px_var(--color-ember)]"
            : "bg-raised text-fg shadow-pop",
        )}
      >
        {barBeatCode(grid.barBeat(place.time))} · {timecode(place.time)}
      </output>
      {place.stop && stopped && (
        <p className="absolute top-6 -translate-x-1/2 whitespace-nowrap rounded-sm bg-raised px-2 py-1 text-2xs text-warn shadow-pop">
          {place.stop.limit === "longest"
            ? studio.atLongest({ number: stopped.scene_number, seconds })
            : studio.atShortest({ number: stopped.scene_number, seconds })}
        </p>
      )}
    </div>
  );
}
