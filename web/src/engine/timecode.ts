/** Times as the studio writes them. Timecode is never localised: 01:10.52 is read the same everywhere. */

import type { BarBeat } from "./song-grid";

/** `01:10.52`: minutes, seconds, hundredths; hours go on counting in minutes. */
export function timecode(seconds: number): string {
  // Cut rather than rounded: a clock that shows 00:01.00 has reached it. The nudge undoes 1.1499999.
  const hundredths = Math.floor(Math.max(0, seconds) * 100 + 1e-6);
  const minutes = Math.floor(hundredths / 6000);
  return `${two(minutes)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

/** `01:10`, for cards and lists. */
export function shortTimecode(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds) + 1e-6);
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

/** `38.3`. */
export function barBeatCode({ bar, beat }: BarBeat): string {
  return `${bar}.${beat}`;
}

/** Reads `1:10.5`, `70.5` or `01:10`; `null` when it is none of them. */
export function parseTimecode(text: string): number | null {
  const match = /^\s*(?:(\d+):)?(\d{1,4}(?:\.\d*)?)\s*$/.exec(text);
  if (!match) return null;
  const seconds = Number(match[2]);
  if (match[1] !== undefined && seconds >= 60) return null;
  return Number(match[1] ?? 0) * 60 + seconds;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
