/** How many pixels a second takes: logarithmic, and about a point that stays where it is on the screen. */

export const LEAST_ZOOM = 4;
export const MOST_ZOOM = 400;
/** Browsers lay nothing out past 2^24 px; the timeline stays well below. */
const WIDEST_TIMELINE = 10_000_000;

export function clampZoom(pixelsPerSecond: number, duration: number, viewport = 0): number {
  const most = Math.min(MOST_ZOOM, WIDEST_TIMELINE / Math.max(duration, 1));
  // A song that is shorter than the screen at the least zoom may still be stretched to fill it, never shrunk below.
  const least = Math.min(LEAST_ZOOM, most, viewport > 0 ? fitZoom(duration, viewport) : LEAST_ZOOM);
  return Math.min(most, Math.max(least, pixelsPerSecond));
}

/** The zoom at which the whole song is seen. */
export function fitZoom(duration: number, viewport: number): number {
  return Math.min(MOST_ZOOM, Math.max(1, viewport) / Math.max(duration, 0.1));
}

/** Position of a slider from 0 to 1, equal steps being equal ratios. */
export function zoomToSlider(pixelsPerSecond: number): number {
  const share = Math.log(pixelsPerSecond / LEAST_ZOOM) / Math.log(MOST_ZOOM / LEAST_ZOOM);
  return Math.min(1, Math.max(0, share));
}

export function sliderToZoom(position: number): number {
  return LEAST_ZOOM * (MOST_ZOOM / LEAST_ZOOM) ** Math.min(1, Math.max(0, position));
}

/** A quarter of an octave a step: four presses double it. */
export function zoomStep(pixelsPerSecond: number, steps: number): number {
  return pixelsPerSecond * 2 ** (steps / 4);
}

/** Where to scroll so that the time under `pointer` (pixels from the viewport's left) stays under it. */
export function scrollAfterZoom(before: number, after: number, scroll: number, pointer: number): number {
  const time = (scroll + pointer) / before;
  return Math.max(0, time * after - pointer);
}

const USUAL_CLIP = 120;
const NARROWEST_CLIP = 26;

/** The zoom to begin with: most clips wide enough to show what they are, the shortest wide enough to take hold of. */
export function firstZoom(lengths: readonly number[]): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 5;
  const shortest = Math.max(0.25, sorted[0] ?? 5);
  return Math.min(MOST_ZOOM, Math.max(USUAL_CLIP / Math.max(0.25, middle), NARROWEST_CLIP / shortest));
}
