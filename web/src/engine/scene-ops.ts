/**
 * Edits of a storyboard as data. Each can be applied to the scenes on the screen, undone by another, and sent to the
 * server: the three always speak of the same thing.
 */

import { cutAt, endOf, rolled } from "./boundaries";
import type { SongGrid } from "./song-grid";

/** What the engine needs of a scene; the server's view of one fits. */
export interface EditableScene {
  readonly id: string;
  readonly scene_number: number;
  readonly timestamp_start: number;
  readonly timestamp_end: number;
  readonly duration_seconds: number;
  readonly description: string;
  readonly config: object;
  readonly locked: boolean;
  readonly status: string;
  readonly version: number;
}

interface SceneChange<S extends EditableScene> {
  readonly description?: string;
  readonly config?: Partial<S["config"]>;
}

export type SceneOp<S extends EditableScene> =
  /** Rolls the boundary at which a scene starts. */
  | { readonly kind: "roll"; readonly scene: string; readonly start: number }
  | { readonly kind: "change"; readonly scene: string; readonly change: SceneChange<S> }
  | { readonly kind: "lock"; readonly scene: string; readonly locked: boolean }
  /** Cuts a scene in two; the second half is `fresh` until the server names it. */
  | { readonly kind: "split"; readonly scene: string; readonly at: number; readonly fresh: string }
  /** Brings what a scene shows to where another is; those between close ranks. The cuts, and who is where, stay. */
  | { readonly kind: "move"; readonly scene: string; readonly to: string }
  /** Merges a scene into the one before it, the first into the one after. */
  | { readonly kind: "merge"; readonly scene: string }
  /** Brings back a scene that was merged away. */
  | { readonly kind: "unmerge"; readonly scene: S; readonly neighbour: S };

/** The scene that an edit is made on. */
export function sceneOf<S extends EditableScene>(op: SceneOp<S>): string {
  return op.kind === "unmerge" ? op.scene.id : op.scene;
}

/** The scenes after an edit; the same array when it changes nothing. Scenes that it does not touch stay the same object. */
export function applied<S extends EditableScene>(scenes: readonly S[], grid: SongGrid, op: SceneOp<S>): readonly S[] {
  const index = scenes.findIndex((scene) => scene.id === sceneOf(op));
  if (op.kind === "unmerge") return unmerged(scenes, grid, op.scene, op.neighbour);
  const scene = scenes[index];
  if (!scene) return scenes;
  switch (op.kind) {
    case "roll":
      return laidOut(scenes, rolled(startsOf(scenes), grid, index, op.start), grid.duration);
    case "change": {
      const config = { ...scene.config, ...op.change.config };
      const description = op.change.description ?? scene.description;
      return replaced(scenes, index, { ...scene, description, config, status: "pending" });
    }
    case "lock":
      return scene.locked === op.locked ? scenes : replaced(scenes, index, { ...scene, locked: op.locked });
    case "split": {
      const at = cutAt(startsOf(scenes), grid, index, op.at);
      if (at === null) return scenes;
      const config = { ...scene.config, transition: { kind: "cut", beats: 0 } };
      const second = { ...scene, id: op.fresh, timestamp_start: at, config, status: "pending", locked: false };
      return settled([...scenes.slice(0, index + 1), second, ...scenes.slice(index + 1)], grid.duration);
    }
    case "move":
      return moved(
        scenes,
        index,
        scenes.findIndex((one) => one.id === op.to),
      );
    case "merge": {
      if (scenes.length < 2) return scenes;
      const rest = scenes.filter((one) => one !== scene);
      const first = rest[0] as S;
      // Whatever led into the film's first scene now leads into the one that took its place.
      if (index === 0) rest[0] = { ...first, config: { ...first.config, ...transitionOf(scene) } };
      return settled(rest, grid.duration);
    }
  }
}

/** The edit that takes this one back, seen from the scenes before it. */
export function inverseOf<S extends EditableScene>(scenes: readonly S[], op: SceneOp<S>): SceneOp<S> | null {
  if (op.kind === "unmerge") return { kind: "merge", scene: op.scene.id };
  const index = scenes.findIndex((scene) => scene.id === op.scene);
  const scene = scenes[index];
  if (!scene) return null;
  switch (op.kind) {
    case "roll":
      return { kind: "roll", scene: scene.id, start: scene.timestamp_start };
    case "change":
      return { kind: "change", scene: scene.id, change: whatWas(scene, op.change) };
    case "lock":
      return { kind: "lock", scene: scene.id, locked: scene.locked };
    case "move":
      return { kind: "move", scene: op.to, to: op.scene };
    case "split":
      return { kind: "merge", scene: op.fresh };
    case "merge": {
      const neighbour = scenes[index === 0 ? 1 : index - 1];
      return neighbour ? { kind: "unmerge", scene, neighbour } : null;
    }
  }
}

/** The same edit, where the server gave a scene another id than the one it had on the screen. */
export function renamed<S extends EditableScene>(op: SceneOp<S>, from: string, to: string): SceneOp<S> {
  const name = (id: string) => (id === from ? to : id);
  switch (op.kind) {
    case "unmerge":
      return {
        ...op,
        scene: { ...op.scene, id: name(op.scene.id) },
        neighbour: { ...op.neighbour, id: name(op.neighbour.id) },
      };
    case "split":
      return { ...op, scene: name(op.scene), fresh: name(op.fresh) };
    case "move":
      return { ...op, scene: name(op.scene), to: name(op.to) };
    default:
      return { ...op, scene: name(op.scene) };
  }
}

export function startsOf<S extends EditableScene>(scenes: readonly S[]): number[] {
  return scenes.map((scene) => scene.timestamp_start);
}

/** Scenes at these starts: those whose times or number change are new objects that have to be made anew. */
export function laidOut<S extends EditableScene>(
  scenes: readonly S[],
  starts: readonly number[],
  duration: number,
): readonly S[] {
  let same = true;
  const moved = scenes.map((scene, index) => {
    const start = starts[index] as number;
    const end = endOf(starts, duration, index);
    const number = index + 1;
    if (scene.timestamp_start === start && scene.timestamp_end === end && scene.scene_number === number) return scene;
    same = false;
    const lasts = end - start;
    const status = Math.abs(lasts - scene.duration_seconds) > 1e-9 ? "pending" : scene.status;
    const times = { timestamp_start: start, timestamp_end: end, duration_seconds: lasts };
    return { ...scene, ...times, scene_number: number, status };
  });
  return same ? scenes : moved;
}

/** Scenes in order, each lasting until the next. */
function settled<S extends EditableScene>(scenes: readonly S[], duration: number): readonly S[] {
  const starts = startsOf(scenes);
  starts[0] = 0;
  return laidOut(scenes, starts, duration);
}

/** What belongs to a scene's place in the song rather than to what it shows; the storyboard's file has the same. */
const PLACE = ["section_number", "lyric", "transition"] as const;

function moved<S extends EditableScene>(scenes: readonly S[], from: number, to: number): readonly S[] {
  if (from < 0 || to < 0 || from === to) return scenes;
  const shown = [...scenes];
  shown.splice(to, 0, ...shown.splice(from, 1));
  return scenes.map((place, index) => {
    const content = shown[index] as S;
    if (content === place) return place;
    const config: Record<string, unknown> = { ...content.config };
    const here = place.config as Record<string, unknown>;
    for (const field of PLACE) {
      if (field in here) config[field] = here[field];
      else delete config[field];
    }
    return { ...place, description: content.description, locked: content.locked, config, status: "pending" };
  });
}

function unmerged<S extends EditableScene>(scenes: readonly S[], grid: SongGrid, back: S, neighbour: S): readonly S[] {
  if (scenes.some((scene) => scene.id === back.id)) return scenes;
  const isFirst = back.timestamp_start <= 0;
  const rest = scenes.map((scene) => {
    // The neighbour gets back what it had: where it started, and how it came in.
    if (!isFirst || scene.id !== neighbour.id) return scene;
    const config = { ...scene.config, ...transitionOf(neighbour) };
    return { ...scene, timestamp_start: neighbour.timestamp_start, config };
  });
  const at = isFirst ? 0 : rest.findIndex((scene) => scene.timestamp_start > back.timestamp_start);
  rest.splice(at < 0 ? rest.length : at, 0, { ...back, status: "pending" });
  return settled(rest, grid.duration);
}

function replaced<S extends EditableScene>(scenes: readonly S[], index: number, scene: S): readonly S[] {
  const copy = scenes.slice();
  copy[index] = scene;
  return copy;
}

function transitionOf(scene: EditableScene): object {
  return "transition" in scene.config ? { transition: scene.config.transition } : {};
}

function whatWas<S extends EditableScene>(scene: S, change: SceneChange<S>): SceneChange<S> {
  const config: Partial<S["config"]> = {};
  for (const key of Object.keys(change.config ?? {}) as (keyof S["config"])[]) {
    config[key] = (scene.config as S["config"])[key];
  }
  return {
    ...(change.description === undefined ? {} : { description: scene.description }),
    ...(change.config === undefined ? {} : { config }),
  };
}
