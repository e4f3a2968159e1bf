/**
 * The song as the editor counts it: beats, bars and sections. Positions in beats are continuous, so that "one beat
 * later" means the same on a steady song and on one that breathes.
 */

import type { SectionKind } from "./section-kinds";

export interface Section {
  readonly kind: SectionKind;
  readonly start: number;
  readonly end: number;
  /** Which of its kind it is, counted from 1. */
  readonly number: number;
  /** Whether the song has more than one of its kind: only then is the number worth saying. */
  readonly repeats: boolean;
}

export interface BarBeat {
  /** Counted from 1; the pickup before the first downbeat is bar 0. */
  readonly bar: number;
  readonly beat: number;
}

/** Beats closer together than this are one: float noise, not music. */
const SAME = 1e-4;

export class SongGrid {
  readonly duration: number;
  readonly tempo: number;
  readonly beatsPerBar: number;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
  readonly sections: readonly Section[];
  /** Bar and beat in the bar of every beat, so that reading one is an index. */
  readonly #counts: readonly BarBeat[];

  constructor(song: {
    duration: number;
    tempo: number;
    beatsPerBar: number;
    beats: readonly number[];
    downbeats: readonly number[];
    sections: readonly Omit<Section, "number" | "repeats">[];
  }) {
    this.duration = song.duration;
    this.tempo = song.tempo;
    this.beatsPerBar = Math.max(1, Math.round(song.beatsPerBar));
    this.beats = song.beats;
    this.downbeats = song.downbeats;
    this.sections = numbered(song.sections);
    this.#counts = counted(song.beats, song.downbeats, this.beatsPerBar);
  }

  /** Seconds a beat, where the song has none to measure. */
  get period(): number {
    return this.tempo > 0 ? 60 / this.tempo : 0.5;
  }

  /** Position in beats: a whole number on each beat, running on at the tempo before the first and after the last. */
  beatAt(time: number): number {
    const last = this.beats.length - 1;
    if (last < 1) return time / this.period;
    const first = this.beats[0] as number;
    const end = this.beats[last] as number;
    if (time <= first) return (time - first) / this.period;
    if (time >= end) return last + (time - end) / this.period;
    const index = lastAtOrBefore(this.beats, time);
    const from = this.beats[index] as number;
    const to = this.beats[index + 1] as number;
    return index + (time - from) / (to - from);
  }

  /** The other way round. */
  timeAt(beat: number): number {
    const last = this.beats.length - 1;
    if (last < 1) return beat * this.period;
    if (beat <= 0) return (this.beats[0] as number) + beat * this.period;
    if (beat >= last) return (this.beats[last] as number) + (beat - last) * this.period;
    const index = Math.floor(beat);
    const from = this.beats[index] as number;
    const to = this.beats[index + 1] as number;
    return from + (to - from) * (beat - index);
  }

  /** So many beats later, or earlier when negative. */
  shifted(time: number, beats: number): number {
    return this.timeAt(this.beatAt(time) + beats);
  }

  /** How many beats lie between two times, to the nearest. */
  beatsBetween(start: number, end: number): number {
    return Math.round(this.beatAt(end) - this.beatAt(start));
  }

  /** Bar and beat that sound at a time. */
  barBeat(time: number): BarBeat {
    const last = this.beats.length - 1;
    if (last < 0) {
      const beat = Math.floor(time / this.period + SAME);
      return { bar: Math.floor(beat / this.beatsPerBar) + 1, beat: (beat % this.beatsPerBar) + 1 };
    }
    const index = Math.max(0, lastAtOrBefore(this.beats, time + SAME));
    if (index < last) return this.#counts[index] as BarBeat;
    // Past the last beat the bars run on at the tempo.
    const { bar, beat } = this.#counts[last] as BarBeat;
    const beyond = Math.max(0, Math.floor((time - (this.beats[last] as number)) / this.period + SAME));
    const position = beat - 1 + beyond;
    return {
      bar: bar + Math.floor(position / this.beatsPerBar),
      beat: (position % this.beatsPerBar) + 1,
    };
  }

  sectionIndexAt(time: number): number {
    const index = this.sections.findIndex((section) => time < section.end - SAME);
    return index < 0 ? this.sections.length - 1 : index;
  }

  sectionAt(time: number): Section | undefined {
    return this.sections[this.sectionIndexAt(time)];
  }
}

function counted(beats: readonly number[], downbeats: readonly number[], perBar: number): BarBeat[] {
  let bar = 0;
  let beat = 0;
  let next = 0;
  const firstDownbeat = beats.findIndex((time) => time >= (downbeats[0] ?? 0) - SAME);
  return beats.map((time, index) => {
    const downbeat = downbeats[next];
    if (downbeat !== undefined && time >= downbeat - SAME) {
      while ((downbeats[next] ?? Number.POSITIVE_INFINITY) <= time + SAME) next += 1;
      bar += 1;
      beat = 1;
    } else if (bar === 0) {
      // The pickup is counted backwards from the first bar.
      beat = Math.max(1, perBar - (firstDownbeat - index) + 1);
    } else {
      beat += 1;
    }
    return { bar, beat };
  });
}

function numbered(sections: readonly Omit<Section, "number" | "repeats">[]): Section[] {
  const totals = new Map<SectionKind, number>();
  for (const { kind } of sections) totals.set(kind, (totals.get(kind) ?? 0) + 1);
  const seen = new Map<SectionKind, number>();
  return sections.map((section) => {
    const number = (seen.get(section.kind) ?? 0) + 1;
    seen.set(section.kind, number);
    return { ...section, number, repeats: (totals.get(section.kind) ?? 0) > 1 };
  });
}

/** Index of the last value that is not after `wanted`, in a sorted array; -1 before the first. */
export function lastAtOrBefore(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
