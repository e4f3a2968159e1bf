/**
 * The editor: scenes, what is selected, a drag in progress, and the way back. Screens mirror its snapshots; whatever they
 * want done they ask for as a command. One drag is one step of undo; Esc during a drag leaves none.
 */

import { type Reach, reachOf } from "./boundaries";
import { applied, type EditableScene, inverseOf, laidOut, renamed, type SceneOp, startsOf } from "./scene-ops";
import type { SongGrid } from "./song-grid";

/** Steps that can be taken back. */
const MOST_STEPS = 200;

interface Step<S extends EditableScene> {
  readonly redo: SceneOp<S>;
  readonly undo: SceneOp<S>;
}

interface Drag {
  /** The scene whose start is dragged. */
  readonly index: number;
  readonly from: number;
  readonly reach: Reach;
}

export interface Snapshot<S extends EditableScene> {
  readonly scenes: readonly S[];
  readonly drag: Drag | null;
  readonly undo: SceneOp<S>["kind"] | null;
  readonly redo: SceneOp<S>["kind"] | null;
}

export class Editor<S extends EditableScene> {
  readonly #listeners = new Set<() => void>();
  readonly #emit: (op: SceneOp<S>) => void;
  #grid: SongGrid;
  #past: Step<S>[] = [];
  #future: Step<S>[] = [];
  /** The scenes as they were before the drag in progress. */
  #before: readonly S[] | null = null;
  #snapshot: Snapshot<S>;

  /** `emit` hears of every edit that is to reach the server, in order. */
  constructor(grid: SongGrid, scenes: readonly S[], emit: (op: SceneOp<S>) => void) {
    this.#grid = grid;
    this.#emit = emit;
    this.#snapshot = { scenes, drag: null, undo: null, redo: null };
  }

  get grid(): SongGrid {
    return this.#grid;
  }

  readonly snapshot = (): Snapshot<S> => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  scene(id: string): S | undefined {
    return this.#snapshot.scenes.find((scene) => scene.id === id);
  }

  /** Does an edit. Gives whether it changed anything. */
  run(op: SceneOp<S>): boolean {
    if (this.#snapshot.drag) this.cancelDrag();
    const { scenes } = this.#snapshot;
    const undo = inverseOf(scenes, op);
    const after = applied(scenes, this.#grid, op);
    if (!undo || after === scenes) return false;
    this.#remember({ redo: op, undo });
    this.#show({ scenes: after });
    this.#emit(op);
    return true;
  }

  /** Begins to drag the boundary at which scene `index` starts. The first scene's start does not move. */
  beginDrag(index: number): boolean {
    const { scenes } = this.#snapshot;
    const scene = scenes[index];
    if (!scene || index <= 0) return false;
    if (this.#snapshot.drag) this.cancelDrag();
    this.#before = scenes;
    const reach = reachOf(startsOf(scenes), this.#grid, index);
    this.#show({ drag: { index, from: scene.timestamp_start, reach } });
    return true;
  }

  dragTo(time: number): void {
    const { drag } = this.#snapshot;
    if (!drag || !this.#before || !Number.isFinite(time)) return;
    const starts = startsOf(this.#before);
    starts[drag.index] = Math.min(drag.reach.high, Math.max(drag.reach.low, time));
    this.#show({ scenes: laidOut(this.#before, starts, this.#grid.duration) });
  }

  /** Lets go: one step of undo and one edit for the server, if the boundary is not where it was. */
  endDrag(): boolean {
    const { drag, scenes } = this.#snapshot;
    const before = this.#before;
    if (!drag || !before) return false;
    this.#before = null;
    const scene = scenes[drag.index] as S;
    const start = scene.timestamp_start;
    if (Math.abs(start - drag.from) < 1e-9) {
      this.#show({ scenes: before, drag: null });
      return false;
    }
    const redo: SceneOp<S> = { kind: "roll", scene: scene.id, start };
    const undo: SceneOp<S> = { kind: "roll", scene: scene.id, start: drag.from };
    this.#remember({ redo, undo });
    this.#show({ drag: null });
    this.#emit(redo);
    return true;
  }

  cancelDrag(): void {
    if (!this.#before) return;
    const scenes = this.#before;
    this.#before = null;
    this.#show({ scenes, drag: null });
  }

  undo(): boolean {
    return this.#travel(this.#past, this.#future, "undo");
  }

  redo(): boolean {
    return this.#travel(this.#future, this.#past, "redo");
  }

  /** Takes the server's scenes, with the edits on top that have not reached it yet. A drag goes on over them. */
  sync(rows: readonly S[], pending: readonly SceneOp<S>[] = [], grid: SongGrid = this.#grid): void {
    const { drag } = this.#snapshot;
    const at = drag ? this.#snapshot.scenes[drag.index] : undefined;
    this.#grid = grid;
    let scenes: readonly S[] = rows;
    for (const op of pending) scenes = applied(scenes, grid, op);
    this.#before = null;
    this.#show({ scenes: keptIdentities(this.#snapshot.scenes, scenes), drag: null });
    if (!at) return;
    const index = scenes.findIndex((scene) => scene.id === at.id);
    if (this.beginDrag(index)) this.dragTo(at.timestamp_start);
  }

  /** The server named a scene that was made here. */
  rename(from: string, to: string): void {
    const step = ({ redo, undo }: Step<S>) => ({ redo: renamed(redo, from, to), undo: renamed(undo, from, to) });
    const row = (scene: S) => (scene.id === from ? { ...scene, id: to } : scene);
    this.#past = this.#past.map(step);
    this.#future = this.#future.map(step);
    if (this.#before) this.#before = this.#before.map(row);
    this.#show({ scenes: this.#snapshot.scenes.map(row) });
  }

  #travel(from: Step<S>[], to: Step<S>[], which: "undo" | "redo"): boolean {
    if (this.#snapshot.drag) {
      this.cancelDrag();
      return true;
    }
    const step = from.pop();
    if (!step) return false;
    const op = step[which];
    const { scenes } = this.#snapshot;
    // What others did since is not undone with it: the way back is computed from what is there now.
    const back = inverseOf(scenes, op);
    const after = applied(scenes, this.#grid, op);
    if (!back || after === scenes) {
      this.#show({});
      return false;
    }
    to.push(which === "undo" ? { redo: back, undo: op } : { redo: op, undo: back });
    this.#show({ scenes: after });
    this.#emit(op);
    return true;
  }

  #remember(step: Step<S>): void {
    this.#past.push(step);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#future = [];
  }

  #show(change: Partial<Snapshot<S>>): void {
    const undo = this.#past.at(-1)?.redo.kind ?? null;
    const redo = this.#future.at(-1)?.redo.kind ?? null;
    this.#snapshot = { ...this.#snapshot, ...change, undo, redo };
    for (const listener of this.#listeners) listener();
  }
}

/** Rows that say the same stay the same object, so that nothing on the screen is drawn anew for a refetch. */
function keptIdentities<S extends EditableScene>(known: readonly S[], fresh: readonly S[]): readonly S[] {
  const byId = new Map(known.map((scene) => [scene.id, scene]));
  return fresh.map((scene) => {
    const old = byId.get(scene.id);
    return old && JSON.stringify(old) === JSON.stringify(scene) ? old : scene;
  });
}
