import { Captions, Maximize, Minimize, Pause, PictureInPicture2, Play, Repeat, Volume2, VolumeX } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { film } from "@/messages/film";
import { cn } from "@/ui/cn";
import { type Chapter, type Marker, Scrubber } from "./Scrubber";
import type { SpriteSheet } from "./sprites";
import { useVideo, type VideoState } from "./use-video";

interface PlayerProps {
  readonly src: string;
  readonly poster?: string | null;
  readonly title: string;
  readonly length: number;
  readonly chapters: readonly Chapter[];
  readonly markers?: readonly Marker[];
  readonly sprites?: SpriteSheet | null;
  /** Lyrics as WebVTT, for those who want them over the picture. */
  readonly captions?: string | null;
  /** The element, for whoever steers it from outside. */
  readonly video?: RefObject<HTMLVideoElement | null>;
  readonly onBroken?: () => void;
  readonly className?: string;
}

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;
const HIDE_MS = 2500;

/** A film with what a viewer expects around it. Nothing of a library: this also is the page that strangers load. */
export function Player({
  src,
  poster,
  title,
  length,
  chapters,
  markers = [],
  sprites = null,
  captions = null,
  video: given,
  onBroken,
  className,
}: PlayerProps) {
  const own = useRef<HTMLVideoElement>(null);
  const video = given ?? own;
  const frame = useRef<HTMLDivElement>(null);
  const state = useVideo(video, length);
  const [subtitled, setSubtitled] = useState(false);
  const [loop, setLoop] = useState(false);
  const [awake, stir] = useAwake(state.playing);
  const full = useFullScreen(frame);
  const track = useTrack(captions);

  useEffect(() => {
    if (state.broken) onBroken?.();
  }, [state.broken, onBroken]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new track begins hidden, whatever the last one was
  useEffect(() => {
    const text = video.current?.textTracks[0];
    if (text) text.mode = subtitled ? "showing" : "hidden";
  }, [video, subtitled, track]);

  const seek = (time: number) => {
    if (video.current) video.current.currentTime = time;
  };
  const toggle = () => {
    const element = video.current;
    if (!element) return;
    if (element.paused) void element.play().catch(() => undefined);
    else element.pause();
  };
  const shown = awake || !state.playing;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: moving over the picture only brings the controls back
    <div
      ref={frame}
      onPointerMove={stir}
      onFocus={stir}
      className={cn(
        "group relative overflow-hidden rounded-lg bg-black text-white",
        !shown && "cursor-none",
        className,
      )}
    >
      <video
        ref={video}
        src={src}
        poster={poster ?? undefined}
        aria-label={title}
        loop={loop}
        playsInline
        preload="metadata"
        onClick={toggle}
        className="block size-full object-contain"
      >
        <track kind="captions" src={track ?? undefined} label={film.captions} />
      </video>
      {state.broken && (
        <div
          role="alert"
          className="absolute inset-0 flex flex-col items-center justify-center gap-1 bg-black/80 text-center"
        >
          <p className="font-semibold">{film.broken}</p>
          <p className="text-sm text-white/70">{film.brokenText}</p>
        </div>
      )}
      {!state.playing && !state.broken && state.time === 0 && (
        <button
          type="button"
          aria-label={film.play}
          onClick={toggle}
          className="absolute top-1/2 left-1/2 flex size-16 -translate-x-1/2 -translate-y-1/2 items-center justify-center rounded-full bg-white text-black shadow-pop transition-transform duration-[120ms] hover:scale-105"
        >
          <Play aria-hidden fill="currentColor" className="ml-1 size-7" />
        </button>
      )}
      <div
        className={cn(
          "absolute inset-x-0 bottom-0 bg-gradient-to-t from-black/85 via-black/45 to-transparent px-3 pt-12 pb-2 transition-opacity duration-200 sm:px-4",
          !shown && "pointer-events-none opacity-0",
        )}
      >
        <Scrubber
          time={state.time}
          duration={state.duration}
          buffered={state.buffered}
          chapters={chapters}
          markers={markers}
          sprites={sprites}
          onSeek={seek}
        />
        <div className="flex items-center gap-1">
          <Control label={state.playing ? film.pause : film.play} onClick={toggle}>
            {state.playing ? <Pause aria-hidden fill="currentColor" /> : <Play aria-hidden fill="currentColor" />}
          </Control>
          <Volume video={video} state={state} />
          <span className="tnum mr-auto whitespace-nowrap pl-1 text-xs">
            {shortTimecode(state.time)} <span className="text-white/60">/ {shortTimecode(state.duration)}</span>
          </span>
          {track && (
            <Control label={film.captions} pressed={subtitled} onClick={() => setSubtitled(!subtitled)}>
              <Captions aria-hidden />
            </Control>
          )}
          <Speed video={video} rate={state.rate} />
          <Control label={film.loop} pressed={loop} onClick={() => setLoop(!loop)} className="max-sm:hidden">
            <Repeat aria-hidden />
          </Control>
          {"pictureInPictureEnabled" in document && document.pictureInPictureEnabled && (
            <Control
              label={film.pip}
              className="max-sm:hidden"
              onClick={() => void video.current?.requestPictureInPicture().catch(() => undefined)}
            >
              <PictureInPicture2 aria-hidden />
            </Control>
          )}
          <Control label={full.on ? film.leaveFullScreen : film.fullScreen} onClick={full.toggle}>
            {full.on ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
          </Control>
        </div>
      </div>
    </div>
  );
}

interface ControlProps {
  readonly label: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

function Control({ label, pressed, onClick, className, children }: ControlProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
      className={cn(
        "flex size-9 shrink-0 items-center justify-center rounded-md hover:bg-white/15 aria-pressed:text-ember [&_svg]:size-4.5",
        className,
      )}
    >
      {children}
    </button>
  );
}

function Volume({ video, state }: { readonly video: RefObject<HTMLVideoElement | null>; readonly state: VideoState }) {
  const silent = state.muted || state.volume === 0;
  const set = (change: (element: HTMLVideoElement) => void) => {
    if (video.current) change(video.current);
  };
  return (
    <span className="flex items-center">
      <Control
        label={silent ? film.unmute : film.mute}
        onClick={() =>
          set((element) => {
            element.muted = !silent;
            if (silent && element.volume === 0) element.volume = 0.7;
          })
        }
      >
        {silent ? <VolumeX aria-hidden /> : <Volume2 aria-hidden />}
      </Control>
      <input
        type="range"
        aria-label={film.volume}
        min={0}
        max={1}
        step={0.05}
        value={state.muted ? 0 : state.volume}
        onChange={(event) => {
          const volume = event.target.valueAsNumber;
          set((element) => {
            element.volume = volume;
            element.muted = volume === 0;
          });
        }}
        className="mv-range w-16 max-sm:hidden"
        style={{ ["--fill" as string]: `${(state.muted ? 0 : state.volume) * 100}%` }}
      />
    </span>
  );
}

function Speed({ video, rate }: { readonly video: RefObject<HTMLVideoElement | null>; readonly rate: number }) {
  return (
    <select
      aria-label={film.speed}
      value={rate}
      onChange={(event) => {
        if (video.current) video.current.playbackRate = Number(event.target.value);
      }}
      className="tnum h-8 cursor-pointer appearance-none rounded-md bg-transparent px-2 text-center text-xs hover:bg-white/15 [&>option]:bg-black"
    >
      {SPEEDS.map((speed) => (
        <option key={speed} value={speed}>
          {film.speedOf({ value: String(speed) })}
        </option>
      ))}
    </select>
  );
}

/** Whether the controls are shown: they go when the film plays and nobody stirs. */
function useAwake(playing: boolean): readonly [boolean, () => void] {
  const [awake, setAwake] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const stir = () => {
    setAwake(true);
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => setAwake(false), HIDE_MS);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: starting and stopping stirs
  useEffect(() => {
    stir();
    return () => {
      if (timer.current) clearTimeout(timer.current);
    };
  }, [playing]);
  return [awake, stir];
}

function useFullScreen(frame: RefObject<HTMLElement | null>) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  const toggle = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.current?.requestFullscreen().catch(() => undefined);
  };
  return { on, toggle };
}

/** An address for a track that was made here; it is given back with the player. */
function useTrack(captions: string | null): string | null {
  const url = useMemo(
    () => (captions ? URL.createObjectURL(new Blob([captions], { type: "text/vtt" })) : null),
    [captions],
  );
  useEffect(() => () => (url ? URL.revokeObjectURL(url) : undefined), [url]);
  return url;
}
