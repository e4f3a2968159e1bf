import { CircleAlert, Clock3, Lock, RefreshCw } from "lucide-react";
import { memo } from "react";
import { isSectionKind } from "@/engine/section-kinds";
import { formatNumber } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { type Scene, stateOf } from "../scene";
import { sectionColour } from "../section-look";
import { useThumb } from "../use-thumb";

interface ClipProps {
  readonly scene: Scene;
  readonly beats: number;
  readonly selected: boolean;
  readonly onSelect: (id: string) => void;
}

/** One scene on the timeline. Its place follows the zoom by CSS alone: zooming renders no clip. */
export const Clip = memo(function Clip({ scene, beats, selected, onSelect }: ClipProps) {
  const thumb = useThumb(scene);
  const state = stateOf(scene);
  const name = studio.sceneLabel({
    number: scene.scene_number,
    title: scene.config.title,
    beats,
    seconds: formatNumber(scene.duration_seconds, 1),
    state: studio.states[state],
  });
  const kind = isSectionKind(scene.section_type) ? scene.section_type : "verse";
  return (
    <button
      type="button"
      aria-label={name}
      aria-pressed={selected}
      onClick={() => onSelect(scene.id)}
      data-scene={scene.scene_number}
      className={cn(
        "group @container absolute inset-y-0 overflow-hidden rounded-md bg-raised text-left ring-line transition-shadow duration-[120ms]",
        selected && "z-10 shadow-[inset_0_0_0_2px_var(--color-ember),0_0_18px_-4px_var(--color-ember)]",
        !thumb && "mv-hatch",
      )}
      style={{
        left: `calc(${scene.timestamp_start} * var(--pps) * 1px)`,
        width: `calc(${scene.duration_seconds} * var(--pps) * 1px - 3px)`,
        ...(thumb ? {} : { ["--hatch" as string]: sectionColour(kind) }),
      }}
    >
      {thumb && (
        <span
          aria-hidden
          className={cn(
            "absolute inset-0 bg-[length:auto_100%] bg-repeat-x",
            state !== "ready" && state !== "still" && "opacity-45 saturate-50",
          )}
          style={{ backgroundImage: `url("${thumb}")` }}
        />
      )}
      <span aria-hidden className="absolute inset-x-0 bottom-0 h-10 bg-gradient-to-t from-black/80 to-transparent" />
      {selected && (
        <span aria-hidden className="absolute inset-0 rounded-md shadow-[inset_0_0_0_2px_var(--color-ember)]" />
      )}
      <span className="absolute inset-x-2 bottom-1 flex @max-[40px]:inset-x-1 items-center gap-1.5 text-xs">
        <span className="tnum shrink-0 whitespace-nowrap font-semibold text-white">{scene.scene_number}</span>{" "}
        <span className="truncate font-medium text-white @max-[64px]:hidden">{scene.config.title}</span>
      </span>
      <ClipMark scene={scene} />
    </button>
  );
});

function ClipMark({ scene }: { readonly scene: Scene }) {
  const state = stateOf(scene);
  // What waits for its clip has a picture to show, which says enough.
  if ((state === "ready" || state === "still") && !scene.locked) return null;
  return (
    <span
      aria-hidden
      className="absolute top-1 right-1 flex items-center gap-1 rounded-full bg-black/55 p-1 [&_svg]:size-3.5"
    >
      {state === "failed" && <CircleAlert className="text-danger" />}
      {state === "working" && <RefreshCw className="animate-turn text-ember" />}
      {state === "stale" && <RefreshCw className="text-warn" />}
      {state === "waiting" && <Clock3 className="text-white/70" />}
      {scene.locked && <Lock className="text-white/80" />}
    </span>
  );
}
