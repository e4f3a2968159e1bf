// The tempo of taps.

const FORGET_AFTER = 2_500;
const MOST = 16;
const FEWEST = 4;

/** Adds a tap (in milliseconds) to those before it; a long pause begins anew. */
export function tapped(taps: readonly number[], at: number): readonly number[] {
  const last = taps.at(-1);
  return last !== undefined && at - last < FORGET_AFTER ? [...taps, at].slice(-MOST) : [at];
}

/** Beats a minute by the median of the pauses between taps; `null` while there are too few. */
export function tempoOf(taps: readonly number[]): number | null {
  if (taps.length < FEWEST) return null;
  const pauses = taps
    .slice(1)
    .map((at, index) => at - (taps[index] ?? 0))
    .sort((a, b) => a - b);
  const middle = pauses.length / 2;
  const median =
    pauses.length % 2 === 1 ? pauses[Math.floor(middle)] : ((pauses[middle - 1] ?? 0) + (pauses[middle] ?? 0)) / 2;
  return median ? 60_000 / median : null;
}

const CLOSE = 0.04;

export function compareTempo(tapped: number, heard: number): "same" | "double" | "half" | "other" {
  const near = (ratio: number) => Math.abs(tapped / heard / ratio - 1) < CLOSE;
  if (near(1)) return "same";
  if (near(2)) return "double";
  return near(0.5) ? "half" : "other";
}
