import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, useRef, useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { film } from "@/messages/film";
import { cn } from "@/ui/cn";
import { type SpriteSheet, spriteAt } from "./sprites";

export interface Chapter {
  readonly name: string;
  readonly colour: string;
  readonly start: number;
  readonly end: number;
}

export interface Marker {
  readonly id: string;
  readonly time: number;
  readonly name: string;
}

interface ScrubberProps {
  readonly time: number;
  readonly duration: number;
  readonly buffered: number;
  readonly chapters: readonly Chapter[];
  readonly markers: readonly Marker[];
  readonly sprites: SpriteSheet | null;
  readonly onSeek: (time: number) => void;
}

const STEP = 5;
const LEAP = 15;

/** The film as a bar, parted by the song's sections, with comments and small pictures on it. */
export function Scrubber({ time, duration, buffered, chapters, markers, sprites, onSeek }: ScrubberProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const whole = Math.max(duration, 0.01);
  const at = (event: ReactPointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.min(duration, Math.max(0, ((event.clientX - box.left) / box.width) * duration));
  };
  const key = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -STEP,
      ArrowRight: STEP,
      PageDown: -LEAP,
      PageUp: LEAP,
    };
    const step = steps[event.key];
    if (step !== undefined) onSeek(Math.min(duration, Math.max(0, time + step)));
    else if (event.key === "Home") onSeek(0);
    else if (event.key === "End") onSeek(duration);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const parts = chapters.length > 0 ? chapters : [{ name: "", colour: "var(--color-ember)", start: 0, end: duration }];
  const chapter = parts.find((part) => time < part.end)?.name ?? "";
  return (
    <div className="relative">
      {hover !== null && <Preview at={hover} share={hover / whole} chapters={parts} sprites={sprites} />}
      <div
        ref={bar}
        role="slider"
        tabIndex={0}
        aria-label={film.position}
        aria-valuemin={0}
        aria-valuemax={Math.round(duration)}
        aria-valuenow={Math.round(time)}
        aria-valuetext={film.positionText({ time: shortTimecode(time), length: shortTimecode(duration), chapter })}
        className="group flex h-6 cursor-pointer touch-none items-center gap-[3px] rounded-sm"
        onKeyDown={key}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          onSeek(at(event));
        }}
        onPointerMove={(event) => {
          setHover(at(event));
          if (event.currentTarget.hasPointerCapture(event.pointerId)) onSeek(at(event));
        }}
        onPointerLeave={() => setHover(null)}
      >
        {parts.map((part) => {
          const length = Math.max(0.001, part.end - part.start);
          const played = Math.min(1, Math.max(0, (time - part.start) / length));
          const loaded = Math.min(1, Math.max(0, (buffered - part.start) / length));
          return (
            <span
              key={part.start}
              className="relative h-1 overflow-hidden rounded-full bg-white/20 transition-[height] duration-[120ms] group-hover:h-1.5"
              style={{ flex: `${length / whole} 1 0` }}
            >
              <span className="absolute inset-y-0 left-0 bg-white/25" style={{ width: `${loaded * 100}%` }} />
              <span
                className="absolute inset-y-0 left-0"
                style={{ width: `${played * 100}%`, background: part.colour }}
              />
            </span>
          );
        })}
        <span
          aria-hidden
          className="pointer-events-none absolute size-3 -translate-x-1/2 rounded-full bg-white shadow"
          style={{ left: `${Math.min(1, time / whole) * 100}%` }}
        />
      </div>
      {markers.map((marker) => (
        <button
          key={marker.id}
          type="button"
          aria-label={film.marker({ time: shortTimecode(marker.time), name: marker.name })}
          onClick={() => onSeek(marker.time)}
          className={cn("absolute -top-3.5 flex size-6 -translate-x-1/2 items-center justify-center rounded-full")}
          style={{ left: `${(marker.time / whole) * 100}%` }}
        >
          <span className="size-2 rounded-full bg-ember ring-2 ring-black/60" />
        </button>
      ))}
    </div>
  );
}

interface PreviewProps {
  readonly at: number;
  readonly share: number;
  readonly chapters: readonly Chapter[];
  readonly sprites: SpriteSheet | null;
}

function Preview({ at, share, chapters, sprites }: PreviewProps) {
  const sprite = sprites ? spriteAt(sprites, at) : null;
  const chapter = chapters.find((part) => at < part.end)?.name;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute bottom-full z-10 mb-2 flex -translate-x-1/2 flex-col items-center gap-1"
      style={{ left: `clamp(84px, ${share * 100}%, calc(100% - 84px))` }}
    >
      {sprite && sprites && (
        <span
          className="rounded-sm shadow-pop"
          style={{
            width: sprite.width,
            height: sprite.height,
            backgroundImage: `url("${sprites.image}")`,
            backgroundPosition: `-${sprite.x}px -${sprite.y}px`,
          }}
        />
      )}
      <span className="tnum whitespace-nowrap rounded-sm bg-black/80 px-1.5 py-0.5 text-2xs text-white">
        {[shortTimecode(at), chapter].filter(Boolean).join(" · ")}
      </span>
    </div>
  );
}
