// What hearing a song yielded, as far as the screens show it. The server hands it on as it was written down.

import { useQuery } from "@tanstack/react-query";
import { $api } from "@/api/client";
import type { ProjectView } from "./project";

interface HeardSection {
  readonly type: SectionKind;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly energy: number;
  readonly confidence: number;
}

export interface SongAnalysis {
  readonly duration: number;
  readonly tempo: number;
  readonly key: string;
  readonly time_signature: string;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
  readonly sections: readonly HeardSection[];
  readonly energy_curve: { readonly rate_hz: number; readonly values: readonly number[] };
  readonly loudness_lufs: number | null;
  readonly confidence: Readonly<
    Record<"tempo" | "beats" | "downbeats" | "time_signature" | "key" | "sections", number>
  >;
}

export const SECTION_KINDS = ["intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "outro"] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];

function isSectionKind(word: string | null): word is SectionKind {
  return SECTION_KINDS.some((kind) => kind === word);
}

/** The colour that means a kind of section everywhere. */
export function sectionColor(kind: string | null): string {
  return isSectionKind(kind) ? `var(--color-section-${kind})` : "var(--color-fg-3)";
}

/** `null` until the song was heard. */
export function analysisOf(project: ProjectView): SongAnalysis | null {
  const heard: unknown = project.audio_analysis;
  return typeof heard === "object" && heard !== null && "beats" in heard ? (heard as SongAnalysis) : null;
}

/** Below this a person should look. */
export const SURE = 0.6;

/** Where in the song a time is, in bars and beats counted from 1: `37.2`. */
export function barBeat(
  analysis: Pick<SongAnalysis, "beats" | "downbeats">,
  time: number,
): { readonly bar: number; readonly beat: number } {
  const bar = countUpTo(analysis.downbeats, time);
  const downbeat = analysis.downbeats[bar - 1] ?? 0;
  return { bar, beat: Math.max(1, countUpTo(analysis.beats, time) - countUpTo(analysis.beats, downbeat - 0.001)) };
}

/** How many of the sorted times are at or before `time`. */
export function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= time + 1e-4) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The time of the list nearest to `time`. */
export function nearest(times: readonly number[], time: number): number {
  const after = countUpTo(times, time);
  const [before, next] = [times[after - 1], times[after]];
  if (before === undefined) return next ?? time;
  return next !== undefined && next - time < time - before ? next : before;
}

/** The song's waveform; level 0 has 100 entries a second, each further one half as many. */
export function usePeaks(projectId: string, level: number, enabled: boolean) {
  return useQuery({
    ...$api.queryOptions("get", "/api/projects/{id}/peaks", { params: { path: { id: projectId }, query: { level } } }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
