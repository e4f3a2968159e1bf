/**
 * Edits on their way to the server: one at a time and in order, some moments after the last keystroke, each with a key
 * that makes sure it is done once. What cannot be sent waits, in a store that outlives the tab.
 */

export interface QueuedEdit<Op> {
  /** The `Idempotency-Key`. */
  readonly key: string;
  readonly op: Op;
  /** The scene's version that the edit was made on; `null` where it is not known. */
  readonly base: number | null;
  /** Place in the queue. */
  readonly order: number;
}

/** Where edits wait; IndexedDB in the browser, memory in tests. */
export interface EditStore<Op> {
  load(): Promise<QueuedEdit<Op>[]>;
  put(edit: QueuedEdit<Op>): Promise<void>;
  remove(key: string): Promise<void>;
}

export type Sent<Row, Problem> =
  /** Done. `rows` are all scenes as they are now; `named` is the id that the server gave to a scene made here. */
  | { readonly kind: "done"; readonly rows: readonly Row[]; readonly named?: { from: string; to: string } }
  /** Somebody else changed it meanwhile (412). */
  | { readonly kind: "conflict"; readonly rows: readonly Row[] }
  /** It breaks a rule, or may not be done: trying again would not help. */
  | { readonly kind: "refused"; readonly problem: Problem; readonly rows: readonly Row[] | null }
  /** Not reached, too often, or broken just now. */
  | { readonly kind: "later"; readonly seconds: number | null; readonly offline: boolean };

export type QueueState = "saved" | "waiting" | "sending" | "offline" | "conflict";

export interface QueueOptions<Op, Row, Problem> {
  readonly store: EditStore<Op>;
  send(edit: QueuedEdit<Op>): Promise<Sent<Row, Problem>>;
  /** Edits of the same slot become one while they wait; `null` for those that never do. */
  slot(op: Op): string | null;
  combine(earlier: Op, later: Op): Op;
  /** The version to send with an edit made now. */
  version(op: Op): number | null;
  rename(op: Op, from: string, to: string): Op;
  /** The versions that rows have now, for edits that are made on them but wait behind another. */
  rebase(op: Op, rows: readonly Row[]): number | null;
  newKey(): string;
  /** Calls back later; gives a way to stop it. */
  after(milliseconds: number, callback: () => void): () => void;
  onSent(result: Sent<Row, Problem>, edit: QueuedEdit<Op>): void;
  onState(state: QueueState): void;
}

const DEBOUNCE_MS = 400;
const FIRST_RETRY_S = 1;
const LAST_RETRY_S = 30;

export class PatchQueue<Op, Row, Problem> {
  readonly #options: QueueOptions<Op, Row, Problem>;
  #edits: QueuedEdit<Op>[] = [];
  #sending: QueuedEdit<Op> | null = null;
  #state: QueueState = "saved";
  #stopTimer: (() => void) | null = null;
  #failures = 0;
  #order = 0;
  #opened = false;

  constructor(options: QueueOptions<Op, Row, Problem>) {
    this.#options = options;
  }

  get state(): QueueState {
    return this.#state;
  }

  /** Edits that the server does not have yet, in order. */
  pending(): readonly Op[] {
    return this.#edits.map((edit) => edit.op);
  }

  /** Takes up what an earlier visit left; once. */
  async open(): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    const left = await this.#options.store.load();
    const known = new Set(this.#edits.map((edit) => edit.key));
    const older = left.filter((edit) => !known.has(edit.key)).sort((a, b) => a.order - b.order);
    this.#order = Math.max(this.#order, (older.at(-1)?.order ?? 0) + 1);
    this.#edits = [...older, ...this.#edits];
    if (older.length > 0) void this.flush();
  }

  add(op: Op): void {
    const slot = this.#options.slot(op);
    const index = slot === null ? -1 : this.#mergeable(slot);
    const earlier = this.#edits[index];
    if (earlier) {
      // Another body under the same key would be refused: what is joined is a new request.
      const joined = { ...earlier, key: this.#options.newKey(), op: this.#options.combine(earlier.op, op) };
      this.#edits[index] = joined;
      void this.#replace(earlier.key, joined);
    } else {
      this.#order += 1;
      const edit = { key: this.#options.newKey(), op, base: this.#options.version(op), order: this.#order };
      this.#edits.push(edit);
      void this.#options.store.put(edit);
    }
    if (this.#state === "conflict") return;
    if (this.#state !== "offline") this.#become(this.#sending ? "sending" : "waiting");
    // After a failure the retry's own time stands: typing on does not hurry a server that asked for patience.
    if (this.#failures === 0) this.#wait(slot === null ? 0 : DEBOUNCE_MS);
  }

  /** Sends what waits, now. */
  async flush(): Promise<void> {
    this.#stopTimer?.();
    this.#stopTimer = null;
    if (this.#sending || this.#state === "conflict") return;
    const edit = this.#edits[0];
    if (!edit) {
      this.#become("saved");
      return;
    }
    this.#sending = edit;
    if (this.#state !== "offline") this.#become("sending");
    const sent = await this.#options.send(edit);
    this.#sending = null;
    await this.#took(edit, sent);
  }

  /** Answers a conflict: `mine` sends the edit again on what is there now, `theirs` lets it go. */
  async resolve(choice: "mine" | "theirs", rows: readonly Row[]): Promise<void> {
    const edit = this.#edits[0];
    if (this.#state !== "conflict" || !edit) return;
    if (choice === "theirs") {
      this.#edits.shift();
      await this.#options.store.remove(edit.key);
    } else {
      const again = { ...edit, key: this.#options.newKey(), base: this.#options.rebase(edit.op, rows) };
      this.#edits[0] = again;
      await this.#replace(edit.key, again);
    }
    this.#become("waiting");
    await this.flush();
  }

  async #took(edit: QueuedEdit<Op>, sent: Sent<Row, Problem>): Promise<void> {
    switch (sent.kind) {
      case "done": {
        this.#failures = 0;
        await this.#drop(edit);
        const { named } = sent;
        if (named)
          this.#edits = this.#edits.map((one) => ({ ...one, op: this.#options.rename(one.op, named.from, named.to) }));
        this.#edits = this.#edits.map((one) => ({ ...one, base: this.#options.rebase(one.op, sent.rows) ?? one.base }));
        for (const one of this.#edits) void this.#options.store.put(one);
        this.#become(this.#edits.length > 0 ? "sending" : "saved");
        break;
      }
      case "refused":
        await this.#drop(edit);
        this.#become(this.#edits.length > 0 ? "sending" : "saved");
        break;
      case "conflict":
        this.#become("conflict");
        break;
      case "later": {
        this.#failures += 1;
        this.#become(sent.offline ? "offline" : "waiting");
        const seconds = sent.seconds ?? Math.min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** (this.#failures - 1));
        this.#wait(seconds * 1000);
        break;
      }
    }
    this.#options.onSent(sent, edit);
    if ((sent.kind === "done" || sent.kind === "refused") && this.#edits.length > 0) await this.flush();
  }

  async #drop(edit: QueuedEdit<Op>): Promise<void> {
    this.#edits = this.#edits.filter((one) => one.key !== edit.key);
    await this.#options.store.remove(edit.key);
  }

  async #replace(key: string, edit: QueuedEdit<Op>): Promise<void> {
    await this.#options.store.put(edit);
    await this.#options.store.remove(key);
  }

  /** Index of a waiting edit of this slot that nothing later depends on. */
  #mergeable(slot: string): number {
    for (let index = this.#edits.length - 1; index >= 0; index -= 1) {
      const edit = this.#edits[index] as QueuedEdit<Op>;
      const other = this.#options.slot(edit.op);
      if (other === null || edit === this.#sending) return -1;
      if (other === slot) return this.#state === "conflict" && index === 0 ? -1 : index;
    }
    return -1;
  }

  #wait(milliseconds: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#options.after(milliseconds, () => void this.flush());
  }

  #become(state: QueueState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
