// Paints the lanes that are for the eye: ruler, sections, grid and waveform. Everything in them can be had elsewhere too.

import type { PeaksPyramid } from "@/engine/peaks";
import { lastAtOrBefore, type SongGrid } from "@/engine/song-grid";
import { HUES, sectionName } from "../section-look";

/** Heights of the lanes, top to bottom, and where each begins. */
export const LANES = { ruler: 26, sections: 24, wave: 84, gap: 8, scenes: 76, lyrics: 30 } as const;
export const WAVE_TOP = LANES.ruler + LANES.sections;
export const SCENES_TOP = WAVE_TOP + LANES.wave + LANES.gap;
export const LYRICS_TOP = SCENES_TOP + LANES.scenes + LANES.gap;
export const LANES_HEIGHT = LYRICS_TOP + LANES.lyrics + LANES.gap;

/** Pixels from one bar of the waveform to the next, and its width. */
const PITCH = 4;
const BAR = 2;
/** Between two numbers of the ruler, at least. */
const NUMBER_GAP = 64;
/** Beats are drawn while they are this far apart. */
const BEAT_GAP = 7;

export interface LaneView {
  readonly grid: SongGrid;
  readonly peaks: PeaksPyramid | null;
  readonly zoom: number;
  readonly scroll: number;
  readonly width: number;
  readonly dark: boolean;
  /** Pixels that the waveform has been made taller by. */
  readonly extra: number;
}

/** Where something below the waveform stands, however tall that is. */
export function below(top: number): string {
  return `calc(${top}px + var(--wave-extra, 0px))`;
}

export function paintLanes(context: CanvasRenderingContext2D, view: LaneView): void {
  context.clearRect(0, 0, view.width, LANES_HEIGHT + view.extra);
  paintSections(context, view);
  paintGrid(context, view);
  paintWave(context, view, WAVE_TOP, false);
}

/** The played part of the waveform, brighter; the page shows as much of it as was played. */
export function paintLitWave(context: CanvasRenderingContext2D, view: LaneView): void {
  context.clearRect(0, 0, view.width, LANES.wave + view.extra);
  paintWave(context, view, 0, true);
}

function paintSections(context: CanvasRenderingContext2D, { grid, zoom, scroll, width, dark, extra }: LaneView): void {
  context.font = "500 11px 'Pretendard Variable', Pretendard, sans-serif";
  context.textBaseline = "middle";
  for (const section of grid.sections) {
    const left = section.start * zoom - scroll;
    const right = section.end * zoom - scroll;
    if (right < 0 || left > width) continue;
    const hue = HUES[section.kind];
    const [light, chroma] = dark ? [0.77, 0.118] : [0.55, 0.125];
    context.fillStyle = `oklch(${light} ${chroma} ${hue} / 0.05)`;
    context.fillRect(left, WAVE_TOP, right - left, LANES_HEIGHT + extra - WAVE_TOP);
    context.fillStyle = `oklch(${light} ${chroma} ${hue} / ${dark ? 0.22 : 0.16})`;
    context.fillRect(left, LANES.ruler + 3, right - left - 1, LANES.sections - 6);
    context.fillStyle = `oklch(${light} ${chroma} ${hue})`;
    context.fillRect(left, LANES.ruler + 3, 3, LANES.sections - 6);
    const label = Math.max(left, 0) + 9;
    context.save();
    context.beginPath();
    context.rect(left, LANES.ruler, right - left - 6, LANES.sections);
    context.clip();
    context.fillStyle = dark ? `oklch(0.88 0.06 ${hue})` : `oklch(0.4 0.1 ${hue})`;
    context.fillText(sectionName(section), label, LANES.ruler + LANES.sections / 2 + 0.5);
    context.restore();
  }
}

function paintGrid(context: CanvasRenderingContext2D, { grid, zoom, scroll, width, dark, extra }: LaneView): void {
  const line = dark ? "255 255 255" : "20 16 40";
  const from = scroll / zoom;
  const to = (scroll + width) / zoom;
  const { downbeats, beats } = grid;
  const perBar =
    downbeats.length > 1
      ? (((downbeats.at(-1) as number) - (downbeats[0] as number)) / (downbeats.length - 1)) * zoom
      : 0;
  let every = 1;
  while (perBar > 0 && perBar * every < NUMBER_GAP) every *= 2;
  if (perBar / grid.beatsPerBar >= BEAT_GAP) {
    context.fillStyle = `rgb(${line} / ${perBar / grid.beatsPerBar >= 18 ? 0.06 : 0.03})`;
    for (let index = Math.max(0, lastAtOrBefore(beats, from)); index < beats.length; index += 1) {
      const time = beats[index] as number;
      if (time > to) break;
      const x = Math.round(time * zoom - scroll);
      context.fillRect(x, WAVE_TOP, 1, LANES_HEIGHT + extra - WAVE_TOP);
      context.fillRect(x, LANES.ruler - 5, 1, 5);
    }
  }
  context.font = "500 11px 'Pretendard Variable', Pretendard, sans-serif";
  context.textBaseline = "middle";
  for (let index = Math.max(0, lastAtOrBefore(downbeats, from)); index < downbeats.length; index += 1) {
    const time = downbeats[index] as number;
    if (time > to) break;
    const x = Math.round(time * zoom - scroll);
    const numbered = index % every === 0;
    context.fillStyle = `rgb(${line} / ${numbered ? 0.14 : 0.07})`;
    if (numbered || perBar >= BEAT_GAP) context.fillRect(x, WAVE_TOP, 1, LANES_HEIGHT + extra - WAVE_TOP);
    context.fillStyle = `rgb(${line} / ${numbered ? 0.4 : 0.2})`;
    if (numbered || perBar >= BEAT_GAP) context.fillRect(x, LANES.ruler - (numbered ? 9 : 6), 1, numbered ? 9 : 6);
    if (!numbered) continue;
    context.fillStyle = dark ? "oklch(0.785 0.013 290)" : "oklch(0.4 0.014 290)";
    context.fillText(String(index + 1), x + 4, 11);
  }
}

function paintWave(context: CanvasRenderingContext2D, view: LaneView, top: number, lit: boolean): void {
  const { grid, peaks, zoom, scroll, width, dark } = view;
  const height = LANES.wave + view.extra;
  if (!peaks) return;
  // A song that was mixed quietly fills its lane as well.
  const loudest = Math.max(1, peaks.max(0, grid.duration));
  const middle = top + height * 0.6;
  const up = height * 0.56;
  const down = height * 0.36;
  // Bars stand still on the song: scrolling moves them, it does not make them dance.
  const first = Math.floor(scroll / PITCH);
  const last = Math.min(Math.ceil((scroll + width) / PITCH), Math.ceil((grid.duration * zoom) / PITCH));
  let section = -1;
  let sectionEnd = -1;
  for (let bar = first; bar < last; bar += 1) {
    const from = (bar * PITCH) / zoom;
    if (from >= sectionEnd) {
      section = grid.sectionIndexAt(from + 1e-6);
      const here = grid.sections[section];
      sectionEnd = here && section < grid.sections.length - 1 ? here.end : Number.POSITIVE_INFINITY;
      context.fillStyle = waveColour(here ? HUES[here.kind] : 290, lit, dark);
    }
    const loud = peaks.max(from, from + PITCH / zoom) / loudest;
    const shape = loud ** 1.6;
    const x = bar * PITCH - scroll;
    context.fillRect(x, middle - Math.max(1, shape * up), BAR, Math.max(1, shape * up));
    context.globalAlpha = 0.55;
    context.fillRect(x, middle + 1, BAR, Math.max(1, shape * down));
    context.globalAlpha = 1;
  }
}

function waveColour(hue: number, lit: boolean, dark: boolean): string {
  if (dark) return lit ? `oklch(0.8 0.118 ${hue} / 0.95)` : `oklch(0.72 0.118 ${hue} / 0.42)`;
  return lit ? `oklch(0.55 0.14 ${hue} / 0.95)` : `oklch(0.6 0.1 ${hue} / 0.45)`;
}
