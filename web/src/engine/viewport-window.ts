/**
 * Which clips are on the screen. The window moves in steps, so that scrolling re-renders once in a while and not with
 * every pixel.
 */

import { sceneAt } from "./boundaries";

export const WINDOW_STEP = 240;

export interface ViewWindow {
  /** Seconds. */
  readonly from: number;
  readonly to: number;
}

/** The stretch of song to keep in the page: what is seen, rounded out to whole steps, and one more on both sides. */
export function windowOf(scroll: number, viewport: number, pixelsPerSecond: number): ViewWindow {
  const left = (Math.floor(scroll / WINDOW_STEP) - 1) * WINDOW_STEP;
  const right = (Math.ceil((scroll + viewport) / WINDOW_STEP) + 1) * WINDOW_STEP;
  return { from: Math.max(0, left) / pixelsPerSecond, to: right / pixelsPerSecond };
}

/** Beyond the edges something may reach into sight, such as a handle's half, in pixels. */
const REACH = 24;

/**
 * The stretch to keep next: the one that is kept, as long as all that is seen lies in it and not much else, so that neither
 * scrolling nor zooming re-renders for each step of it.
 */
export function nextWindow(kept: ViewWindow, scroll: number, viewport: number, pixelsPerSecond: number): ViewWindow {
  const wanted = windowOf(scroll, viewport, pixelsPerSecond);
  const seen = { from: Math.max(0, scroll - REACH), to: scroll + viewport + REACH };
  const holds = kept.from * pixelsPerSecond <= seen.from && kept.to * pixelsPerSecond >= seen.to;
  const slim = kept.to - kept.from <= 2 * (wanted.to - wanted.from);
  return holds && slim ? kept : wanted;
}

/** First and last (exclusive) index of the spans that touch a window, given their sorted starts. */
export function visibleRange(starts: readonly number[], { from, to }: ViewWindow): readonly [number, number] {
  if (starts.length === 0) return [0, 0];
  const first = sceneAt(starts, from);
  let last = sceneAt(starts, to) + 1;
  if ((starts[last - 1] as number) >= to) last -= 1;
  return [first, Math.max(first, last)];
}
