// One sitting at a project: its editor, its clock, and the edits on their way. It lives outside React; screens subscribe.

import { newKey } from "@/api/idempotency";
import type { Problem } from "@/api/problem";
import { Clock } from "@/engine/clock";
import { Editor } from "@/engine/editor";
import { PatchQueue, type QueueState, type Sent } from "@/engine/patch-queue";
import { renamed, sceneOf } from "@/engine/scene-ops";
import { firstZoom } from "@/engine/zoom";
import { gridOf, type Op, type Project, type Scene } from "./scene";
import { SceneTransport } from "./scene-transport";
import { withStableUrls } from "./signed-urls";
import { createViewStore, type ViewStore } from "./view-store";
import { waitingEdits } from "./waiting-edits";

export interface Conflict {
  readonly op: Op;
  readonly theirs: Scene | null;
  readonly rows: readonly Scene[];
}

export interface SaveStatus {
  readonly state: QueueState;
  readonly conflict: Conflict | null;
  /** The last edit that the server refused; it was taken back. */
  readonly refused: Problem | null;
  /** Edits that the server does not have yet. */
  readonly waiting: number;
}

class StudioSession {
  readonly id: string;
  readonly clock: Clock;
  readonly editor: Editor<Scene>;
  readonly view: ViewStore;
  readonly #queue: PatchQueue<Op, Scene, Problem>;
  readonly #transport: SceneTransport;
  readonly #listeners = new Set<() => void>();
  #rows: readonly Scene[];
  #status: SaveStatus = { state: "saved", conflict: null, refused: null, waiting: 0 };
  #onRows: (rows: readonly Scene[]) => void = () => undefined;

  constructor(project: Project, scenes: readonly Scene[]) {
    const grid = gridOf(project);
    this.id = project.id;
    this.#rows = scenes.map(withStableUrls);
    this.view = createViewStore(firstZoom(scenes.map((scene) => scene.duration_seconds)));
    this.clock = new Clock(grid.duration, {
      request: (callback) => requestAnimationFrame(callback),
      cancel: (handle) => cancelAnimationFrame(handle),
    });
    this.#transport = new SceneTransport(project.id, () => this.#rows);
    this.editor = new Editor<Scene>(grid, this.#rows, (op) => {
      this.#queue.add(op);
      this.#count();
    });
    this.#queue = new PatchQueue<Op, Scene, Problem>({
      store: waitingEdits(project.id),
      send: (edit) => this.#transport.send(edit),
      slot: slotOf,
      combine: combined,
      version: (op) => this.#versionOf(op, this.#rows),
      rename: renamed,
      rebase: (op, rows) => this.#versionOf(op, rows),
      newKey,
      after: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
      onSent: (result, edit) => this.#sent(result, edit.op),
      onState: (state) => this.#become({ state, conflict: state === "conflict" ? this.#status.conflict : null }),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly status = (): SaveStatus => this.#status;

  /** Begins to send; gives the way to stop. `onRows` hears of the scenes as the server has them after each edit. */
  open(onRows: (rows: readonly Scene[]) => void): () => void {
    this.#onRows = onRows;
    const back = () => void this.#queue.flush();
    const leave = () => void this.#queue.flush();
    window.addEventListener("online", back);
    window.addEventListener("pagehide", leave);
    void this.#queue.open().then(() => {
      this.editor.sync(this.#rows, this.#queue.pending());
      this.#count();
    });
    return () => {
      window.removeEventListener("online", back);
      window.removeEventListener("pagehide", leave);
      // Edits go on their way without the page: it may be opened again before they have arrived.
      void this.#queue.flush();
      this.clock.pause();
    };
  }

  /** Takes what the server says now, keeping edits that it does not have yet. */
  receive(project: Project, scenes: readonly Scene[]): void {
    // An answer that was on its way while an edit was being sent is older than what is known.
    if (this.#status.state === "sending" || isOlder(scenes, this.#rows)) return;
    this.#rows = scenes.map(withStableUrls);
    this.editor.sync(this.#rows, this.#queue.pending(), gridOf(project));
  }

  async flush(): Promise<void> {
    await this.#queue.flush();
  }

  async resolve(choice: "mine" | "theirs"): Promise<void> {
    const { conflict } = this.#status;
    if (!conflict) return;
    this.#become({ conflict: null });
    await this.#queue.resolve(choice, conflict.rows);
    this.editor.sync(this.#rows, this.#queue.pending());
    this.#count();
  }

  dismissRefusal(): void {
    this.#become({ refused: null });
  }

  #sent(result: Sent<Scene, Problem>, op: Op): void {
    this.#count();
    if (result.kind === "later") return;
    if (result.rows) this.#rows = result.rows.map(withStableUrls);
    if (result.kind === "done" && result.named) this.editor.rename(result.named.from, result.named.to);
    if (result.kind === "refused") this.#become({ refused: result.problem });
    if (result.kind === "conflict") {
      const theirs = this.#rows.find((row) => row.id === sceneOf(op)) ?? null;
      this.#become({ conflict: { op, theirs, rows: this.#rows } });
    }
    this.editor.sync(this.#rows, this.#queue.pending());
    this.#onRows(this.#rows);
  }

  #versionOf(op: Op, rows: readonly Scene[]): number | null {
    return rows.find((row) => row.id === sceneOf(op))?.version ?? null;
  }

  #count(): void {
    const waiting = this.#queue.pending().length;
    if (waiting !== this.#status.waiting) this.#become({ waiting });
  }

  #become(change: Partial<SaveStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** An answer from before an edit that has arrived since: what it says would meet the next edit as somebody else's. */
function isOlder(scenes: readonly Scene[], known: readonly Scene[]): boolean {
  const versions = new Map(known.map((row) => [row.id, row.version]));
  return scenes.some((scene) => scene.version < (versions.get(scene.id) ?? 0));
}

/** Edits that may become one: the last place of a boundary, the words typed so far. */
function slotOf(op: Op): string | null {
  return op.kind === "roll" || op.kind === "change" || op.kind === "lock" ? `${op.kind} ${op.scene}` : null;
}

function combined(earlier: Op, later: Op): Op {
  if (earlier.kind !== "change" || later.kind !== "change") return later;
  const change = { ...earlier.change, ...later.change, config: { ...earlier.change.config, ...later.change.config } };
  if (Object.keys(change.config).length === 0) return { ...later, change: { description: change.description } };
  return { ...later, change };
}

export type { StudioSession };

let last: StudioSession | null = null;

/** The sitting at a project: coming back to it finds what was undone, and what still waits to be sent, as it was. */
export function sittingAt(project: Project, scenes: readonly Scene[]): StudioSession {
  if (last?.id !== project.id) last = new StudioSession(project, scenes);
  return last;
}
