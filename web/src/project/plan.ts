// The storyboard as a whole: what is said about several scenes at once is said through it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { $api, api, ifMatch } from "@/api/client";
import { whileSaving } from "@/frame/TopBar";
import { SECTION_KINDS, type SectionKind } from "./analysis";
import { projectQuery, type SceneView } from "./project";

/** A scene of the plan; what the studio does not touch passes through as it came. */
interface PlanScene {
  readonly start: number;
  readonly section: SectionKind;
  readonly section_number: number;
  readonly title: string;
  readonly description: string;
  readonly [field: string]: unknown;
}

export interface Plan {
  readonly song: { readonly duration: number; readonly tempo: number; readonly [field: string]: unknown };
  readonly scenes: readonly PlanScene[];
  readonly [field: string]: unknown;
}

/** Neighbouring scenes of the same section. */
export interface Section {
  readonly kind: SectionKind;
  /** Which of its kind, from 1. */
  readonly number: number;
  /** Index of its first scene, and how many it has. */
  readonly first: number;
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

interface Placed {
  readonly kind: SectionKind;
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

function group(scenes: readonly Placed[]): readonly Section[] {
  const sections: Section[] = [];
  for (const [index, scene] of scenes.entries()) {
    const last = sections.at(-1);
    if (last && last.kind === scene.kind && last.number === scene.number) {
      sections[sections.length - 1] = { ...last, count: last.count + 1, end: scene.end };
    } else {
      sections.push({ ...scene, first: index, count: 1 });
    }
  }
  return sections;
}

export function sectionsOfScenes(scenes: readonly SceneView[]): readonly Section[] {
  return group(
    scenes.map((scene) => ({
      kind: SECTION_KINDS.find((kind) => kind === scene.section_type) ?? "verse",
      number: scene.config.section_number,
      start: scene.timestamp_start,
      end: scene.timestamp_end,
    })),
  );
}

export function sectionsOfPlan(plan: Plan): readonly Section[] {
  return group(
    plan.scenes.map((scene, index) => ({
      kind: scene.section,
      number: scene.section_number,
      start: scene.start,
      end: plan.scenes[index + 1]?.start ?? plan.song.duration,
    })),
  );
}

/** Counts the sections of each kind anew, after kinds or edges have changed. */
function renumbered(scenes: readonly PlanScene[], starts: ReadonlySet<number>): readonly PlanScene[] {
  const counts = new Map<SectionKind, number>();
  return scenes.map((scene, index) => {
    const opens = index === 0 || starts.has(index);
    const number = (counts.get(scene.section) ?? 0) + (opens ? 1 : 0);
    counts.set(scene.section, Math.max(1, number));
    return { ...scene, section_number: Math.max(1, number) };
  });
}

function edges(plan: Plan): Set<number> {
  return new Set(sectionsOfPlan(plan).map((section) => section.first));
}

/** Calls a section by another kind. */
export function renameSection(plan: Plan, section: Section, kind: SectionKind): Plan {
  const inside = (index: number) => index >= section.first && index < section.first + section.count;
  const scenes = plan.scenes.map((scene, index) => (inside(index) ? { ...scene, section: kind } : scene));
  return { ...plan, scenes: renumbered(scenes, edges(plan)) };
}

/** Makes one of a section and the one after it; the first one's kind stays. */
export function mergeWithNext(plan: Plan, section: Section): Plan {
  const next = sectionsOfPlan(plan).find((other) => other.first === section.first + section.count);
  if (!next) return plan;
  const starts = edges(plan);
  starts.delete(next.first);
  const scenes = plan.scenes.map((scene, index) =>
    index >= next.first && index < next.first + next.count ? { ...scene, section: section.kind } : scene,
  );
  return { ...plan, scenes: renumbered(scenes, starts) };
}

/** Opens a new section of the same kind at a scene. */
export function splitAtScene(plan: Plan, index: number): Plan {
  const starts = edges(plan);
  starts.add(index);
  return { ...plan, scenes: renumbered(plan.scenes, starts) };
}

/** Shortest scene that the server takes, in seconds. */
const SHORTEST = 0.2;

/** Moves where a section begins; scenes that would be swallowed keep the shortest length. `null` when there is no room. */
export function moveEdge(plan: Plan, section: Section, time: number): Plan | null {
  const before = plan.scenes[section.first - 1];
  const after = plan.scenes[section.first + 1]?.start ?? plan.song.duration;
  if (!before || time < before.start + SHORTEST || time > after - SHORTEST) return null;
  return {
    ...plan,
    scenes: plan.scenes.map((scene, index) => (index === section.first ? { ...scene, start: time } : scene)),
  };
}

/** What a scene is, whenever it plays: everything but its place in the song. */
const PLACE = ["start", "section", "section_number", "lyric", "transition"] as const;

/** Two neighbours change places: their contents do, the cuts stay where they are. */
export function swapScenes(plan: Plan, first: number): Plan {
  const [one, two] = [plan.scenes[first], plan.scenes[first + 1]];
  if (!one || !two) return plan;
  const placed = (content: PlanScene, place: PlanScene): PlanScene => {
    const scene: Record<string, unknown> = { ...content };
    for (const field of PLACE) {
      if (field in place) scene[field] = place[field];
      else delete scene[field];
    }
    return scene as unknown as PlanScene;
  };
  // Rhymes name scenes by their place.
  const followed = (index: unknown) => (index === first ? first + 1 : index === first + 1 ? first : index);
  const scenes = plan.scenes.map((scene, index) => {
    const made = index === first ? placed(two, one) : index === first + 1 ? placed(one, two) : scene;
    if (!("rhymes_with" in made)) return made;
    const rhyme = followed(made.rhymes_with);
    const { rhymes_with: _, ...alone } = made;
    return typeof rhyme === "number" && rhyme < index ? { ...made, rhymes_with: rhyme } : (alone as PlanScene);
  });
  return { ...plan, scenes };
}

/** Brings a scene to another place among its neighbours, which close ranks; the cuts stay where they are. */
export function moveScene(plan: Plan, from: number, to: number): Plan {
  let moved = plan;
  const step = Math.sign(to - from);
  for (let at = from; at !== to; at += step) moved = swapScenes(moved, Math.min(at, at + step));
  return moved;
}

export function planQuery(id: string) {
  return $api.queryOptions("get", "/api/projects/{id}/plan", { params: { path: { id } } });
}

export function usePlan(id: string, enabled: boolean) {
  return useQuery({ ...planQuery(id), enabled, select: (plan) => plan as unknown as Plan });
}

/** Saves a plan made on a version of the project, and reads everything that hangs on it anew. */
export function useSavePlan(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ plan, version }: { plan: Plan; version: number }) =>
      whileSaving(
        api.PUT("/api/projects/{id}/plan", {
          params: { path: { id }, header: { "If-Match": ifMatch(version) } },
          body: plan as unknown as Record<string, never>,
        }),
      ),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: planQuery(id).queryKey }),
        queries.invalidateQueries({ queryKey: projectQuery(id).queryKey }),
      ]),
  });
}
