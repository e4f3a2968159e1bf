// A project and its scenes, as every step of it reads them.

import { useSuspenseQuery } from "@tanstack/react-query";
import { $api, type Schemas } from "@/api/client";

export type ProjectView = Schemas["ProjectView"];
export type SceneView = Schemas["SceneView"];

export function projectQuery(id: string) {
  return $api.queryOptions("get", "/api/projects/{id}", { params: { path: { id } } });
}

/** The project with its scenes; its frame shows the skeleton while they load. */
export function useProject(id: string): Schemas["ProjectWithScenes"] {
  return useSuspenseQuery(projectQuery(id)).data;
}

export function mayEdit(project: ProjectView): boolean {
  return project.role !== "viewer" && !project.archived_at;
}

const STEPS = ["song", "analysis", "cast", "board", "edit", "finish"] as const;
export type Step = (typeof STEPS)[number];

export interface StepState {
  readonly step: Step;
  readonly done: boolean;
  /** Whether what it needs is there. */
  readonly open: boolean;
}

/** How far a project is: each step opens as soon as its input exists. */
export function stepStates(project: ProjectView, scenes: readonly SceneView[]): readonly StepState[] {
  const hasSong = Boolean(project.audio_url);
  const heard = Object.keys(project.audio_analysis).length > 0;
  const planned = scenes.length > 0;
  const filmed = Boolean(project.final_video_url);
  return [
    { step: "song", done: hasSong, open: true },
    { step: "analysis", done: heard, open: hasSong },
    { step: "cast", done: Boolean(project.character_profile_id), open: hasSong },
    { step: "board", done: filmed || scenes.some((scene) => Boolean(scene.image_url)), open: heard && planned },
    { step: "edit", done: filmed, open: planned },
    { step: "finish", done: filmed, open: filmed },
  ];
}

/** Where a project opens: the first open step that is not done, else the last open one. */
export function furthestStep(project: ProjectView, scenes: readonly SceneView[]): Step {
  const open = stepStates(project, scenes).filter((state) => state.open);
  return (open.find((state) => !state.done && state.step !== "cast") ?? open.at(-1))?.step ?? "song";
}
