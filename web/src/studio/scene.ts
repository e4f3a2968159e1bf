// What the studio edits: scenes as the server shows them, and the words that a scene may use.

import type { Schemas } from "@/api/client";
import type { SceneOp } from "@/engine/scene-ops";
import { isSectionKind } from "@/engine/section-kinds";
import { type Section, SongGrid } from "@/engine/song-grid";

export type Scene = Schemas["SceneView"];
export type SceneConfig = Scene["config"];
export type Project = Schemas["ProjectView"];
export type Version = Schemas["VersionView"];
export type Op = SceneOp<Scene>;

export const CAMERAS = [
  "static",
  "push-in",
  "pull-out",
  "pan-left",
  "pan-right",
  "orbit",
  "track-left",
  "track-right",
  "handheld",
  "tilt-up",
  "tilt-down",
  "crane-up",
] as const;
export const LIGHTS = ["natural", "golden", "neon", "moonlight", "spotlight", "silhouette", "candle"] as const;
export const PLACES = [
  "skyline",
  "rooftop",
  "alley",
  "crossing",
  "subway",
  "tunnel",
  "bridge",
  "stage",
  "forest",
  "meadow",
  "shore",
  "desert-road",
  "lake",
  "room",
  "space",
  "underwater",
] as const;
export const TIMES_OF_DAY = ["dawn", "day", "golden-hour", "dusk", "night"] as const;
export const WEATHERS = ["clear", "cloudy", "rain", "snow", "fog", "wind"] as const;
export const FRAMINGS = ["extreme-wide", "wide", "medium", "close-up", "low-angle", "over-shoulder"] as const;
export const ACTIONS = ["stand", "walk", "run", "sit", "dance", "sing", "look-up", "play-guitar"] as const;
export const TRANSITIONS = ["cut", "crossfade", "dissolve", "flash", "dip", "wipe", "zoom"] as const;

/** What a scene is waiting for, as the clips and cards show it. */
export type SceneState = "ready" | "still" | "working" | "stale" | "waiting" | "failed";

export function stateOf(scene: Scene): SceneState {
  switch (scene.status) {
    case "video_ready":
      return "ready";
    case "image_ready":
      return "still";
    case "generating_image":
    case "generating_video":
      return "working";
    case "error":
      return "failed";
    default:
      // It has a picture, but of what it was before the last edit.
      return scene.video_url || scene.image_url ? "stale" : "waiting";
  }
}

interface Heard {
  readonly duration?: number;
  readonly tempo?: number;
  readonly time_signature?: string;
  readonly key?: string;
  readonly beats?: readonly number[];
  readonly downbeats?: readonly number[];
  readonly sections?: readonly { readonly type: string; readonly start: number; readonly end: number }[];
}

/** The song's grid, from what was heard in it. */
export function gridOf(project: Project): SongGrid {
  const heard = project.audio_analysis as Heard;
  const sections = (heard.sections ?? []).map(
    ({ type, start, end }): Omit<Section, "number" | "repeats"> => ({
      kind: isSectionKind(type) ? type : "verse",
      start,
      end,
    }),
  );
  return new SongGrid({
    duration: project.audio_duration_seconds ?? heard.duration ?? 0,
    tempo: heard.tempo ?? 120,
    beatsPerBar: beatsPerBar(heard.time_signature ?? "4/4"),
    beats: heard.beats ?? [],
    downbeats: heard.downbeats ?? [],
    sections,
  });
}

export function keyOf(project: Project): string | null {
  return (project.audio_analysis as Heard).key ?? null;
}

/** Compound metres count dotted beats, as the server does. */
function beatsPerBar(signature: string): number {
  const [numerator = 4, denominator = 4] = signature.split("/").map(Number);
  return denominator === 8 && numerator > 3 && numerator % 3 === 0 ? numerator / 3 : numerator;
}
