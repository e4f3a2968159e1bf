import {
  Crosshair,
  Magnet,
  Maximize2,
  Merge,
  Pause,
  Play,
  Redo2,
  Repeat,
  Scissors,
  SkipBack,
  SkipForward,
  Undo2,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { type CSSProperties, useEffect, useRef, useSyncExternalStore } from "react";
import { STUDIO_KEYS } from "@/engine/keymap";
import { SNAP_MODES } from "@/engine/snapping";
import { barBeatCode, timecode } from "@/engine/timecode";
import { sliderToZoom, zoomToSlider } from "@/engine/zoom";
import { formatNumber } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { Segmented } from "@/ui/Choice";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Tooltip } from "@/ui/Tooltip";
import { useEditor, usePlaying, useStudio, useView } from "../context";
import { keyOf } from "../scene";
import type { StudioActions } from "../use-studio-actions";
import type { TimelineView } from "./timeline-view";

interface TransportProps {
  readonly view: TimelineView;
  readonly actions: StudioActions;
}

/** `review` leaves what there is no room for: playing. */
export function Transport({ view, actions, review }: TransportProps & { readonly review: boolean }) {
  if (review) {
    return (
      <div className="flex h-14 shrink-0 items-center justify-center px-2">
        <Playing actions={actions} />
      </div>
    );
  }
  return (
    <div className="grid h-12 shrink-0 grid-cols-[1fr_auto_1fr] items-center gap-3 px-3.5">
      <EditTools actions={actions} />
      <Playing actions={actions} />
      <Looking view={view} actions={actions} />
    </div>
  );
}

function EditTools({ actions }: { readonly actions: StudioActions }) {
  const { session, canEdit } = useStudio();
  const snap = useView((view) => view.snap);
  const undo = useEditor((snapshot) => snapshot.undo);
  const redo = useEditor((snapshot) => snapshot.redo);
  if (!canEdit) return <span />;
  const set = (mode: (typeof SNAP_MODES)[number]) => session.view.setState({ snap: mode });
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      <IconButton
        label={studio.snap}
        keys={STUDIO_KEYS.snap}
        aria-pressed={snap !== "off"}
        onClick={actions.snap}
        side="top"
      >
        <Magnet aria-hidden />
      </IconButton>
      <Segmented
        label={studio.snapTo}
        value={snap}
        onChange={set}
        className="max-[1500px]:[&_label]:px-2"
        options={SNAP_MODES.map((mode) => ({ value: mode, label: studio.snaps[mode] }))}
      />
      <span aria-hidden className="mx-1.5 h-5 w-px bg-line-strong" />
      <IconButton label={studio.split} keys={STUDIO_KEYS.split} onClick={actions.split} side="top">
        <Scissors aria-hidden />
      </IconButton>
      <IconButton label={studio.merge} keys={STUDIO_KEYS.merge} onClick={actions.merge} side="top">
        <Merge aria-hidden />
      </IconButton>
      <IconButton label={studio.undo} keys="mod+z" disabled={undo === null} onClick={actions.undo} side="top">
        <Undo2 aria-hidden />
      </IconButton>
      <IconButton label={studio.redo} keys="mod+shift+z" disabled={redo === null} onClick={actions.redo} side="top">
        <Redo2 aria-hidden />
      </IconButton>
    </div>
  );
}

function Playing({ actions }: { readonly actions: StudioActions }) {
  const { session, project } = useStudio();
  const playing = usePlaying();
  const loop = useView((view) => view.loop);
  const rate = useSyncExternalStore(
    (listener) => session.clock.onState(listener),
    () => session.clock.rate,
  );
  const { grid } = session.editor;
  const key = keyOf(project);
  return (
    <div className="flex items-center gap-2.5">
      <Now className="w-20 text-right font-semibold text-base" />
      <IconButton label={studio.previous} keys={STUDIO_KEYS.sceneBack} onClick={actions.sceneBack} side="top">
        <SkipBack aria-hidden fill="currentColor" />
      </IconButton>
      <Tooltip text={playing ? studio.pause : studio.play} keys="space" side="top">
        <button
          type="button"
          aria-label={playing ? studio.pause : studio.play}
          onClick={actions.play}
          className="flex size-9 items-center justify-center rounded-full bg-fg text-canvas transition-transform duration-[120ms] hover:scale-105 active:scale-95"
        >
          {playing ? (
            <Pause aria-hidden fill="currentColor" className="size-4" />
          ) : (
            <Play aria-hidden fill="currentColor" className="ml-0.5 size-4" />
          )}
        </button>
      </Tooltip>
      <IconButton label={studio.next} keys={STUDIO_KEYS.sceneForward} onClick={actions.sceneForward} side="top">
        <SkipForward aria-hidden fill="currentColor" />
      </IconButton>
      <IconButton label={studio.loop} keys={STUDIO_KEYS.loop} aria-pressed={loop} onClick={actions.loop} side="top">
        <Repeat aria-hidden />
      </IconButton>
      <span className="tnum text-fg-3 text-sm max-[1240px]:hidden">{timecode(grid.duration)}</span>
      <span aria-hidden className="h-5 w-px bg-line-strong max-sm:hidden" />
      <BeatCounter />
      <span className="tnum whitespace-nowrap text-fg-3 text-xs">
        {studio.bpm({ value: formatNumber(grid.tempo) })}
      </span>
      {key && <span className="whitespace-nowrap text-fg-3 text-xs max-[1400px]:hidden">{shortKey(key)}</span>}
      {rate !== 1 && <span className="tnum text-ember text-xs">{studio.speed({ value: rate })}</span>}
    </div>
  );
}

/** The song's time, written by hand each frame. */
function Now({ className }: { readonly className?: string }) {
  const { session } = useStudio();
  const text = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      session.clock.onTime((time) => {
        if (text.current) text.current.textContent = timecode(time);
      }),
    [session],
  );
  return <span ref={text} className={cn("tnum", className)} />;
}

/** Flashing beat lights stop above this tempo: nothing flashes faster than three times a second. */
const FASTEST_LIGHTS = 180;

function BeatCounter() {
  const { session } = useStudio();
  const text = useRef<HTMLSpanElement>(null);
  const lights = useRef<HTMLSpanElement>(null);
  const { grid } = session.editor;
  const quiet = grid.tempo > FASTEST_LIGHTS || matchMedia("(prefers-reduced-motion: reduce)").matches;
  useEffect(() => {
    let shown = "";
    return session.clock.onTime((time) => {
      const place = session.editor.grid.barBeat(time);
      const code = barBeatCode(place);
      if (code === shown) return;
      shown = code;
      if (text.current) text.current.textContent = code;
      if (quiet) return;
      for (const [index, light] of Array.from(lights.current?.children ?? []).entries()) {
        (light as HTMLElement).style.opacity = index === place.beat - 1 ? "1" : "0.28";
      }
    });
  }, [session, quiet]);
  return (
    <span className="flex items-center gap-2 max-sm:hidden">
      <span ref={text} className="tnum min-w-9 text-right font-semibold text-sm" />
      <span ref={lights} aria-hidden className="flex gap-[5px]">
        {Array.from({ length: Math.min(12, grid.beatsPerBar) }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar's beats are their places
          <span key={index} className={cn("size-1.5 rounded-full opacity-30", index === 0 ? "bg-ember" : "bg-fg")} />
        ))}
      </span>
    </span>
  );
}

function Looking({ view, actions }: TransportProps) {
  const { session } = useStudio();
  const follow = useView((one) => one.follow);
  const zoom = useView((one) => one.zoom);
  const place = zoomToSlider(zoom);
  return (
    <div className="flex items-center justify-end gap-1.5">
      <IconButton
        label={studio.follow}
        keys={STUDIO_KEYS.follow}
        aria-pressed={follow}
        onClick={actions.follow}
        side="top"
        className="aria-pressed:bg-transparent"
      >
        <Crosshair aria-hidden />
      </IconButton>
      <IconButton label={studio.zoomOut} keys="-" onClick={actions.zoomOut} side="top">
        <ZoomOut aria-hidden />
      </IconButton>
      <input
        type="range"
        aria-label={studio.zoom}
        className="mv-range w-28 max-[1360px]:w-20"
        style={{ "--fill": `${place * 100}%` } as CSSProperties}
        min={0}
        max={1}
        step={0.01}
        value={place}
        onChange={(event) => view.zoomTo(sliderToZoom(event.target.valueAsNumber), anchor(view, session.clock.time))}
      />
      <IconButton label={studio.zoomIn} keys="+" onClick={actions.zoomIn} side="top">
        <ZoomIn aria-hidden />
      </IconButton>
      <IconButton label={studio.fit} keys={STUDIO_KEYS.fit} onClick={actions.fit} side="top">
        <Maximize2 aria-hidden />
      </IconButton>
    </div>
  );
}

/** Zooming without a pointer keeps the playhead where it is, if it is seen. */
export function anchor(view: TimelineView, time: number): number {
  const x = view.screenX(time);
  return x >= 0 && x <= view.width ? x : view.width / 2;
}

/** `F# Minor` as a musician writes it: F♯m. */
function shortKey(key: string): string {
  return key
    .replace("#", "♯")
    .replace(/ Major$/i, "")
    .replace(/ Minor$/i, "m");
}
