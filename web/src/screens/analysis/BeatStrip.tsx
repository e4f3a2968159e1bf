import { useEffect, useRef } from "react";
import type { SongClock } from "@/media/song-clock";
import type { Tint } from "@/media/Waveform";
import { analysis } from "@/messages/analysis";
import { barBeat, countUpTo, type SongAnalysis } from "@/project/analysis";

interface BeatStripProps {
  readonly peaks: readonly number[];
  readonly heard: SongAnalysis;
  readonly tints: readonly Tint[];
  readonly clock: SongClock;
}

/** Seconds in sight: enough for a few bars, so that every beat can be told from the next. */
const SPAN = 10;
const RATE = 100;
const BAR = 3;
const RULER = 18;

/** The song around the playhead, beat by beat. The playhead stands; the song runs under it, or is dragged. */
export function BeatStrip({ peaks, heard, tints, clock }: BeatStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const grip = useRef<{ readonly x: number; readonly time: number } | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const draw = (time: number) => paint(element, time, peaks, heard, tints);
    const stop = clock.subscribe(draw);
    const resized = new ResizeObserver(() => draw(clock.time));
    resized.observe(element);
    return () => {
      stop();
      resized.disconnect();
    };
  }, [peaks, heard, tints, clock]);
  return (
    <canvas
      ref={canvas}
      aria-label={analysis.zoomed}
      role="img"
      className="mt-3 h-24 w-full cursor-grab touch-none rounded-md bg-canvas/60 active:cursor-grabbing"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { x: event.clientX, time: clock.time };
      }}
      onPointerMove={(event) => {
        if (!grip.current || event.buttons !== 1) return;
        clock.seek(grip.current.time - ((event.clientX - grip.current.x) / event.currentTarget.clientWidth) * SPAN);
      }}
    />
  );
}

function paint(
  canvas: HTMLCanvasElement,
  time: number,
  peaks: readonly number[],
  heard: SongAnalysis,
  tints: readonly Tint[],
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const [width, height, scale] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio];
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const ink = style.getPropertyValue("--color-fg");
  const quiet = style.getPropertyValue("--color-fg-3");
  const ember = style.getPropertyValue("--color-ember");
  const from = time - SPAN / 2;
  const x = (at: number) => ((at - from) / SPAN) * width;

  for (let left = 0; left < width; left += BAR + 1) {
    const at = from + (left / width) * SPAN;
    if (at < 0 || at > heard.duration) continue;
    const first = Math.floor(at * RATE);
    const last = Math.max(first + 1, Math.floor((at + ((BAR + 1) / width) * SPAN) * RATE));
    let peak = 0;
    for (let index = first; index < last; index += 1) peak = Math.max(peak, peaks[index] ?? 0);
    const level = (peak / 255) * (height - RULER - 6);
    context.globalAlpha = at < time ? 0.95 : 0.45;
    context.fillStyle = tints.find((tint) => at >= tint.start && at < tint.end)?.color ?? ink;
    context.fillRect(left, RULER + (height - RULER - level) / 2, BAR, Math.max(1, level));
  }
  context.globalAlpha = 1;
  context.font = `11px ${style.fontFamily}`;
  const strong = new Set(heard.downbeats);
  for (let beat = countUpTo(heard.beats, from); beat < heard.beats.length; beat += 1) {
    const at = heard.beats[beat] ?? 0;
    if (at > from + SPAN) break;
    const down = strong.has(at);
    context.fillStyle = down ? ink : quiet;
    context.globalAlpha = down ? 0.75 : 0.3;
    context.fillRect(Math.round(x(at)), down ? 4 : RULER - 4, 1, height);
    if (!down) continue;
    context.globalAlpha = 0.9;
    context.fillText(String(barBeat(heard, at).bar), x(at) + 4, 13);
  }
  context.globalAlpha = 1;
  context.fillStyle = ember;
  context.fillRect(width / 2 - 0.75, 0, 1.5, height);
}
