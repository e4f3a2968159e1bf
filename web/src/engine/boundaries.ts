/**
 * Scenes lie end to end: one sorted array of starts, the first 0, the last ending with the song. Moving one is a roll
 * edit, so gaps and overlaps cannot be written down. The server keeps the same rules (`Storyboard::validate`).
 */

import type { SongGrid } from "./song-grid";

/** The server takes no shorter scene. */
const SHORTEST_SCENE_SECONDS = 0.25;

/** Where a boundary may go. */
export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Lengths of clip that a model makes, in seconds; `null` where any length will do. */
export interface ClipLimits {
  readonly shortest: number | null;
  readonly longest: number | null;
}

export const ANY_LENGTH: ClipLimits = { shortest: null, longest: null };

export function endOf(starts: readonly number[], duration: number, index: number): number {
  return starts[index + 1] ?? duration;
}

export function lengthOf(starts: readonly number[], duration: number, index: number): number {
  return endOf(starts, duration, index) - (starts[index] as number);
}

/** Whether the array is what every function here takes and gives. */
export function areBoundaries(starts: readonly number[], duration: number): boolean {
  if (starts.length === 0 || starts[0] !== 0) return false;
  return starts.every((start, index) => {
    const length = endOf(starts, duration, index) - start;
    return Number.isFinite(start) && (starts.length === 1 || length >= SHORTEST_SCENE_SECONDS);
  });
}

/** One beat after a time, and no less than the server's shortest scene. */
function afterOne(grid: SongGrid, time: number): number {
  return Math.max(grid.shifted(time, 1), time + SHORTEST_SCENE_SECONDS);
}

function beforeOne(grid: SongGrid, time: number): number {
  return Math.min(grid.shifted(time, -1), time - SHORTEST_SCENE_SECONDS);
}

/**
 * How far the boundary at which scene `index` starts can be rolled: both neighbours keep a beat. Scenes that are
 * shorter already are left as they are rather than pushed open.
 */
export function reachOf(starts: readonly number[], grid: SongGrid, index: number): Reach {
  const here = starts[index] as number;
  if (index <= 0) return { low: 0, high: 0 };
  const low = Math.min(here, afterOne(grid, starts[index - 1] as number));
  const high = Math.max(here, beforeOne(grid, endOf(starts, grid.duration, index)));
  return { low, high };
}

/** Rolls one boundary as near to `to` as it can go. */
export function rolled(starts: readonly number[], grid: SongGrid, index: number, to: number): number[] {
  const { low, high } = reachOf(starts, grid, index);
  const moved = starts.slice();
  if (index > 0 && Number.isFinite(to)) moved[index] = Math.min(high, Math.max(low, to));
  return moved;
}

/** Where a scene may be cut in two at `at`; `null` when a half would be shorter than a beat. */
export function cutAt(starts: readonly number[], grid: SongGrid, index: number, at: number): number | null {
  const start = starts[index];
  if (start === undefined) return null;
  const low = afterOne(grid, start);
  const high = beforeOne(grid, endOf(starts, grid.duration, index));
  if (low > high + 1e-9) return null;
  return Math.min(high, Math.max(low, at));
}

/** Times of this boundary at which a neighbour reaches the shortest or the longest clip that the model makes. */
export interface SoftStop {
  readonly time: number;
  readonly scene: number;
  readonly limit: "shortest" | "longest";
}

export function softStops(starts: readonly number[], duration: number, index: number, limits: ClipLimits): SoftStop[] {
  if (index <= 0) return [];
  const before = starts[index - 1] as number;
  const end = endOf(starts, duration, index);
  const stops: SoftStop[] = [];
  for (const limit of ["shortest", "longest"] as const) {
    const seconds = limits[limit];
    if (seconds === null) continue;
    stops.push({ time: before + seconds, scene: index - 1, limit });
    stops.push({ time: end - seconds, scene: index, limit });
  }
  return stops.filter((stop) => stop.time > before && stop.time < end);
}

/**
 * A boundary that is dragged past a soft stop is held there until the pointer means it: `give` seconds further on.
 * Stops that the drag did not cross, seen from where it began, hold nothing.
 */
export function heldAt(stops: readonly SoftStop[], from: number, to: number, give: number): SoftStop | null {
  const crossed = stops.filter((stop) =>
    to > from ? stop.time > from && stop.time < to : stop.time < from && stop.time > to,
  );
  const held = crossed.filter((stop) => Math.abs(to - stop.time) <= give);
  held.sort((a, b) => Math.abs(a.time - from) - Math.abs(b.time - from));
  return held[0] ?? null;
}

/** Index of the scene that plays at a time. */
export function sceneAt(starts: readonly number[], time: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
