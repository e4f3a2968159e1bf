// What a person says about the beats that were heard. It lies over the analysis: what was heard is never lost.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { $api, api, ifMatch, type Schemas } from "@/api/client";
import { whileSaving } from "@/frame/TopBar";
import { type ProjectView, projectQuery } from "./project";

export type Correction = Schemas["CorrectionBody"];

const OCTAVES = 3;
const SLOWEST = 20;
const FASTEST = 400;
const FURTHEST = 32;

/** Twice as many beats, or half as many; `null` where it goes no further. */
export function atOctave(said: Correction | null, by: 1 | -1): Correction | null {
  if (said?.bpm != null) {
    const bpm = by > 0 ? said.bpm * 2 : said.bpm / 2;
    return bpm < SLOWEST || bpm > FASTEST ? null : { ...said, bpm };
  }
  const octaves = (said?.octaves ?? 0) + by;
  return Math.abs(octaves) > OCTAVES ? null : { ...said, octaves: octaves === 0 ? null : octaves, from_beat: null };
}

/** Every bar begins so many beats later. A whole bar later is where it was. */
export function shifted(said: Correction | null, by: 1 | -1, beatsPerBar: number): Correction {
  const shift = ((said?.downbeat_shift ?? 0) + by) % Math.min(FURTHEST, Math.max(1, beatsPerBar));
  return { ...said, downbeat_shift: shift === 0 ? null : shift };
}

/** An even tempo for the whole song; bars are counted from `first`. */
export function evenly(said: Correction | null, bpm: number, first: number | null): Correction {
  return { ...said, octaves: null, from_beat: null, downbeat_shift: null, bpm, first_beat: first };
}

/** Whether it says anything at all. */
export function saysNothing(said: Correction): boolean {
  return Object.values(said).every((value) => value === null || value === undefined);
}

function query(id: string) {
  return $api.queryOptions("get", "/api/projects/{id}/analysis", { params: { path: { id } } });
}

/** What holds, what was said of it, and how the storyboard lies on it. */
export function useCorrection(project: ProjectView) {
  const queries = useQueryClient();
  const options = query(project.id);
  const { data } = useQuery(options);
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: options.queryKey }),
      queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
      queries.invalidateQueries({ queryKey: ["get", "/api/projects/{id}/plan"] }),
    ]);
  const correct = useMutation({
    mutationFn: (said: Correction | null) => {
      const params = { path: { id: project.id }, header: { "If-Match": ifMatch(project.version) } };
      return whileSaving(
        said === null || saysNothing(said)
          ? api.DELETE("/api/projects/{id}/analysis/correction", { params })
          : api.PUT("/api/projects/{id}/analysis/correction", { params, body: said }),
      );
    },
    // After a conflict the next try is made on what is there now.
    onSettled: refresh,
  });
  return { said: data?.correction ?? null, fit: data?.storyboard ?? null, correct, refresh };
}
