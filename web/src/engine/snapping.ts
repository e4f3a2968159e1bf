/** Where a boundary snaps to: the nearest beat, bar or section, if one is near enough. */

import { lastAtOrBefore, type SongGrid } from "./song-grid";

export const SNAP_MODES = ["beat", "bar", "section", "off"] as const;
export type SnapMode = (typeof SNAP_MODES)[number];

/** How near, in pixels of the screen. */
export const SNAP_PIXELS = 12;

export function nextMode(mode: SnapMode): SnapMode {
  return SNAP_MODES[(SNAP_MODES.indexOf(mode) + 1) % SNAP_MODES.length] as SnapMode;
}

/** What a mode snaps to, sorted. */
export function targetsOf(grid: SongGrid, mode: SnapMode): readonly number[] {
  switch (mode) {
    case "beat":
      return grid.beats;
    case "bar":
      return grid.downbeats;
    case "section":
      return grid.sections.slice(1).map((section) => section.start);
    case "off":
      return [];
  }
}

/** The nearest value of a sorted array; the earlier of two that are equally near. */
export function nearest(sorted: readonly number[], wanted: number): number | null {
  const index = lastAtOrBefore(sorted, wanted);
  const below = sorted[index];
  const above = sorted[index + 1];
  if (below === undefined) return above ?? null;
  if (above === undefined) return below;
  return wanted - below <= above - wanted ? below : above;
}

export interface Snapped {
  readonly time: number;
  /** The target it holds to; `null` when it is free. */
  readonly target: number | null;
}

/**
 * Snaps a time. `within` is how near a target must be, in seconds; targets outside `low`–`high` do not count, since
 * the boundary cannot go there.
 */
export function snap(
  targets: readonly number[],
  time: number,
  within: number,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): Snapped {
  const clamped = Math.min(high, Math.max(low, time));
  const target = nearest(targets, clamped);
  if (target === null || target < low - 1e-9 || target > high + 1e-9) return { time: clamped, target: null };
  if (Math.abs(target - clamped) > within) return { time: clamped, target: null };
  return { time: target, target };
}
