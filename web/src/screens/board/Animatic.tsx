import { Image, Pause, Play } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { clock as clockText } from "@/i18n/format";
import { usePlaying, useSongClock, useSteadyUrl } from "@/media/song-clock";
import { Time } from "@/media/Time";
import { Waveform } from "@/media/Waveform";
import { board } from "@/messages/board";
import { sectionColor, usePeaks } from "@/project/analysis";
import type { ProjectView, SceneView } from "@/project/project";
import { stableUrl } from "@/studio/signed-urls";
import { cn } from "@/ui/cn";
import { Dialog } from "@/ui/Dialog";
import { Skeleton } from "@/ui/Skeleton";

interface AnimaticProps {
  readonly project: ProjectView;
  readonly scenes: readonly SceneView[];
  readonly onClose: () => void;
}

const OVERVIEW_LEVEL = 3;

/** The stills on the song: each appears with its cut. */
export function Animatic({ project, scenes, onClose }: AnimaticProps) {
  const player = useSongClock(useSteadyUrl(project.audio_url ?? null));
  const playing = usePlaying(player);
  const peaks = usePeaks(project.id, OVERVIEW_LEVEL, true);
  const [index, setIndex] = useState(0);
  const seconds = project.audio_duration_seconds ?? scenes.at(-1)?.timestamp_end ?? 0;
  const tints = useMemo(
    () =>
      scenes.map((scene) => ({
        start: scene.timestamp_start,
        end: scene.timestamp_end,
        color:
          getComputedStyle(document.documentElement).getPropertyValue(
            /--[\w-]+/.exec(sectionColor(scene.section_type ?? null))?.[0] ?? "",
          ) || "gray",
      })),
    [scenes],
  );
  useEffect(
    () =>
      player?.subscribe((time) => {
        const now = scenes.findLastIndex((scene) => scene.timestamp_start <= time + 0.001);
        setIndex(Math.max(0, now));
      }),
    [player, scenes],
  );
  useEffect(() => {
    player?.toggle();
    return () => player?.pause();
  }, [player]);
  const scene = scenes[index];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={board.animaticTitle}
      description={project.title}
      className="w-[min(64rem,calc(100vw-2rem),calc((100dvh-17rem)*16/9))]"
    >
      <div data-theme="dark" className="relative aspect-video overflow-hidden rounded-lg bg-canvas">
        {/* The neighbours are loaded ahead, so that a cut comes on its beat. */}
        {scenes.slice(Math.max(0, index - 1), index + 4).map((one) => (
          <div key={one.id} className={cn("absolute inset-0", one !== scene && "invisible")}>
            {one.image_url ? (
              <img src={stableUrl(one.image_url)} alt="" className="size-full object-cover" />
            ) : (
              <div className="flex size-full flex-col items-center justify-center gap-3 px-8 text-center text-fg-2">
                <Image aria-hidden className="size-8 text-fg-3" />
                <p className="max-w-md">{one.description}</p>
              </div>
            )}
          </div>
        ))}
        {scene && (
          <p className="absolute top-3 left-3 rounded-md bg-[oklch(0.1_0.01_290/0.7)] px-2 py-1 text-white text-xs">
            <span className="tnum">{scene.scene_number}</span> · {scene.config.title}
          </p>
        )}
        {scene?.config.lyric && (
          <p className="absolute inset-x-4 bottom-4 text-center font-medium text-lg text-white [text-shadow:0_1px_6px_rgb(0_0_0/0.9)]">
            {scene.config.lyric}
          </p>
        )}
      </div>
      <div className="mt-3 flex items-center gap-3">
        <button
          type="button"
          data-autofocus
          aria-label={playing ? board.pause : board.play}
          onClick={player?.toggle}
          className="flex size-10 shrink-0 items-center justify-center rounded-full bg-fg text-canvas"
        >
          {playing ? (
            <Pause aria-hidden className="size-4.5 fill-current" />
          ) : (
            <Play aria-hidden className="size-4.5 translate-x-px fill-current" />
          )}
        </button>
        <span className="shrink-0 text-fg-3 text-xs">
          <Time clock={player} className="text-fg" /> / <span className="tnum">{clockText(seconds)}</span>
        </span>
        <div className="min-w-0 flex-1">
          {peaks.data && player ? (
            <Waveform
              label={board.waveform}
              peaks={peaks.data.peaks}
              seconds={seconds}
              tints={tints}
              clock={player}
              className="h-12"
            />
          ) : (
            <Skeleton className="h-12" />
          )}
        </div>
      </div>
    </Dialog>
  );
}
