import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import { clock, timecode } from "@/i18n/format";
import { cn } from "@/ui/cn";
import type { SongClock } from "./song-clock";

export interface Tint {
  readonly start: number;
  readonly end: number;
  /** A CSS colour. */
  readonly color: string;
}

interface WaveformProps {
  readonly label: string;
  readonly peaks: Uint8Array | readonly number[];
  readonly seconds: number;
  /** Colours of parts of the song; the rest is neutral. */
  readonly tints?: readonly Tint[];
  /** Moves the playhead and, by click, drag or arrow keys, the song. */
  readonly clock?: SongClock;
  /** How much of the file has been sent, 0–1: the rest is drawn faint. */
  readonly sent?: number;
  readonly className?: string;
}

const BAR = 2;
const GAP = 1;
const ARROW = 5;

/** A whole song in one width: bars above, their reflection below, the played part lit. */
export function Waveform({ label, peaks, seconds, tints, clock: song, sent, className }: WaveformProps) {
  const box = useRef<HTMLDivElement>(null);
  const dim = useRef<HTMLCanvasElement>(null);
  const lit = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      paint(dim.current, element, peaks, seconds, tints, 0.42);
      paint(lit.current, element, peaks, seconds, tints, 0.95);
    };
    const watch = new ResizeObserver(draw);
    watch.observe(element);
    // Another theme has other colours.
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      watch.disconnect();
      themed.disconnect();
    };
  }, [peaks, seconds, tints]);

  useEffect(() => {
    const show = (fraction: number) => {
      if (lit.current) lit.current.style.clipPath = `inset(0 ${(1 - fraction) * 100}% 0 0)`;
      if (head.current) head.current.style.left = `${fraction * 100}%`;
    };
    if (sent !== undefined) {
      show(sent);
      return;
    }
    show(0);
    return song?.subscribe((time) => {
      show(seconds > 0 ? Math.min(1, time / seconds) : 0);
      box.current?.setAttribute("aria-valuenow", String(Math.round(time)));
      box.current?.setAttribute("aria-valuetext", timecode(time));
    });
  }, [song, seconds, sent]);

  function seek(event: PointerEvent<HTMLDivElement>) {
    if (!song || event.buttons !== 1) return;
    const place = event.currentTarget.getBoundingClientRect();
    song.seek(((event.clientX - place.left) / place.width) * seconds);
  }

  function key(event: KeyboardEvent) {
    if (!song) return;
    const by: Readonly<Record<string, number>> = { ArrowLeft: -ARROW, ArrowRight: ARROW, Home: -seconds, End: seconds };
    const step = by[event.key];
    if (step === undefined) return;
    event.preventDefault();
    song.seek(song.time + step);
  }

  return (
    <div
      ref={box}
      className={cn(
        "relative h-28 select-none overflow-hidden rounded-md",
        song && "cursor-text touch-none",
        className,
      )}
      {...(song
        ? {
            role: "slider",
            tabIndex: 0,
            "aria-label": label,
            "aria-valuemin": 0,
            "aria-valuemax": Math.round(seconds),
            "aria-valuenow": 0,
            "aria-valuetext": clock(0),
            onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              seek(event);
            },
            onPointerMove: seek,
            onKeyDown: key,
          }
        : { role: "img", "aria-label": label })}
    >
      <canvas ref={dim} className="absolute inset-0 size-full" />
      <canvas ref={lit} className="absolute inset-0 size-full" />
      {song && <div ref={head} className="pointer-events-none absolute inset-y-0 w-px bg-fg" />}
    </div>
  );
}

function paint(
  canvas: HTMLCanvasElement | null,
  box: HTMLElement,
  peaks: Uint8Array | readonly number[],
  seconds: number,
  tints: readonly Tint[] | undefined,
  alpha: number,
): void {
  const context = canvas?.getContext("2d");
  if (!canvas || !context || peaks.length === 0) return;
  const [width, height, scale] = [box.clientWidth, box.clientHeight, devicePixelRatio];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.globalAlpha = alpha;
  const style = getComputedStyle(box);
  const plain = style.getPropertyValue("--color-fg-2");
  const loudest = Math.max(...sampled(peaks), 1);
  const bars = Math.floor(width / (BAR + GAP));
  const middle = height * 0.58;
  for (let bar = 0; bar < bars; bar += 1) {
    const from = Math.floor((bar / bars) * peaks.length);
    const to = Math.max(from + 1, Math.floor(((bar + 1) / bars) * peaks.length));
    let peak = 0;
    for (let index = from; index < to; index += 1) peak = Math.max(peak, peaks[index] ?? 0);
    const time = ((bar + 0.5) / bars) * seconds;
    const level = Math.max(0.015, peak / loudest);
    const x = bar * (BAR + GAP);
    context.fillStyle = tints?.find((tint) => time >= tint.start && time < tint.end)?.color ?? plain;
    context.globalAlpha = alpha;
    context.fillRect(x, middle - level * (middle - 2), BAR, level * (middle - 2));
    context.globalAlpha = alpha * 0.5;
    context.fillRect(x, middle + 1, BAR, level * (height - middle - 3));
  }
}

/** Enough of the peaks to find the loudest, without spreading a hundred thousand arguments. */
function sampled(peaks: Uint8Array | readonly number[]): number[] {
  const step = Math.max(1, Math.floor(peaks.length / 4_000));
  const some: number[] = [];
  for (let index = 0; index < peaks.length; index += step) some.push(peaks[index] ?? 0);
  return some;
}
