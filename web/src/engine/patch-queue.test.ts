import { beforeEach, describe, expect, it } from "vitest";
import { type EditStore, PatchQueue, type QueuedEdit, type QueueState, type Sent } from "./patch-queue";

interface Op {
  scene: string;
  text: string;
  structural?: boolean;
}
interface Row {
  id: string;
  version: number;
}

function memory(): EditStore<Op> & { edits: Map<string, QueuedEdit<Op>> } {
  const edits = new Map<string, QueuedEdit<Op>>();
  return {
    edits,
    load: async () => [...edits.values()],
    put: async (edit) => void edits.set(edit.key, edit),
    remove: async (key) => void edits.delete(key),
  };
}

describe("the patch queue", () => {
  let store: ReturnType<typeof memory>;
  let answers: Sent<Row, string>[];
  let sent: QueuedEdit<Op>[];
  let timers: { at: number; run: () => void }[];
  let states: QueueState[];
  let versions: Record<string, number>;
  let keys: number;

  const make = () =>
    new PatchQueue<Op, Row, string>({
      store,
      send: async (edit) => {
        sent.push(edit);
        return answers.shift() ?? { kind: "done", rows: [{ id: edit.op.scene, version: (edit.base ?? 0) + 1 }] };
      },
      slot: (op) => (op.structural ? null : op.scene),
      combine: (_, later) => later,
      version: (op) => versions[op.scene] ?? null,
      rename: (op, from, to) => (op.scene === from ? { ...op, scene: to } : op),
      rebase: (op, rows) => rows.find((row) => row.id === op.scene)?.version ?? null,
      newKey: () => `key-${++keys}`,
      after: (at, run) => {
        const timer = { at, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
      onSent: () => {},
      onState: (state) => states.push(state),
    });

  /** Lets the timers run out, and what they began come to its end. */
  const settle = async () => {
    for (let round = 0; round < 20; round += 1) {
      const due = timers;
      timers = [];
      for (const timer of due) timer.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  beforeEach(() => {
    store = memory();
    answers = [];
    sent = [];
    timers = [];
    states = [];
    versions = { a: 1, b: 7 };
    keys = 0;
  });

  it("waits for a pause, then sends many keystrokes as one edit", async () => {
    const queue = make();
    for (const text of ["r", "ra", "rain"]) queue.add({ scene: "a", text });
    expect(sent).toEqual([]);
    expect(timers.map((timer) => timer.at)).toEqual([400]);
    await settle();
    expect(sent.map((edit) => [edit.op.text, edit.base])).toEqual([["rain", 1]]);
    expect(states).toEqual(["waiting", "sending", "saved"]);
    expect(store.edits.size).toBe(0);
  });

  it("sends edits in order, each on the version that the one before it left", async () => {
    const queue = make();
    queue.add({ scene: "a", text: "one" });
    queue.add({ scene: "b", text: "two" });
    queue.add({ scene: "a", text: "cut", structural: true });
    queue.add({ scene: "a", text: "three" });
    await settle();
    expect(sent.map((edit) => [edit.op.text, edit.base])).toEqual([
      ["one", 1],
      ["two", 7],
      ["cut", 2],
      ["three", 3],
    ]);
  });

  it("never lets two requests share a key", async () => {
    const queue = make();
    queue.add({ scene: "a", text: "one" });
    queue.add({ scene: "a", text: "two" });
    await settle();
    queue.add({ scene: "a", text: "three" });
    await settle();
    expect(new Set(sent.map((edit) => edit.key)).size).toBe(sent.length);
  });

  it("keeps edits while offline, tries again later, and under the same key", async () => {
    answers = [
      { kind: "later", seconds: null, offline: true },
      { kind: "later", seconds: null, offline: true },
    ];
    const queue = make();
    queue.add({ scene: "a", text: "one" });
    const run = timers[0]?.run;
    timers = [];
    run?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.state).toBe("offline");
    expect(store.edits.size).toBe(1);
    expect(timers.map((timer) => timer.at)).toEqual([1000]);
    await settle();
    expect(sent.map((edit) => edit.key)).toEqual(["key-1", "key-1", "key-1"]);
    expect(queue.state).toBe("saved");
  });

  it("waits as long as the server asks", async () => {
    answers = [{ kind: "later", seconds: 17, offline: false }];
    const queue = make();
    queue.add({ scene: "a", text: "one" });
    timers[0]?.run();
    timers = [];
    await new Promise((resolve) => setImmediate(resolve));
    queue.add({ scene: "a", text: "two" });
    expect(timers.map((timer) => timer.at)).toEqual([17_000]);
  });

  it("stops at a conflict until the person chose, and sends mine on what is there now", async () => {
    answers = [{ kind: "conflict", rows: [{ id: "a", version: 5 }] }];
    const queue = make();
    queue.add({ scene: "a", text: "mine" });
    await settle();
    expect(queue.state).toBe("conflict");
    queue.add({ scene: "b", text: "later" });
    await settle();
    expect(sent).toHaveLength(1);
    await queue.resolve("mine", [{ id: "a", version: 5 }]);
    await settle();
    expect(sent.map((edit) => [edit.op.text, edit.base])).toEqual([
      ["mine", 1],
      ["mine", 5],
      ["later", 7],
    ]);
    expect(queue.state).toBe("saved");
  });

  it("lets mine go when theirs is chosen", async () => {
    answers = [{ kind: "conflict", rows: [] }];
    const queue = make();
    queue.add({ scene: "a", text: "mine" });
    await settle();
    await queue.resolve("theirs", []);
    expect(sent).toHaveLength(1);
    expect(store.edits.size).toBe(0);
  });

  it("drops what breaks a rule and goes on with the rest", async () => {
    answers = [{ kind: "refused", problem: "no", rows: null }];
    const queue = make();
    queue.add({ scene: "a", text: "bad" });
    queue.add({ scene: "b", text: "good" });
    await settle();
    expect(sent.map((edit) => edit.op.text)).toEqual(["bad", "good"]);
    expect(queue.state).toBe("saved");
  });

  it("names a scene that was made here as the server does, in what still waits", async () => {
    answers = [{ kind: "done", rows: [{ id: "real", version: 3 }], named: { from: "new-1", to: "real" } }];
    const queue = make();
    queue.add({ scene: "a", text: "cut", structural: true });
    queue.add({ scene: "new-1", text: "words" });
    await settle();
    expect(sent.map((edit) => [edit.op.scene, edit.base])).toEqual([
      ["a", 1],
      ["real", 3],
    ]);
  });

  it("takes up what an earlier visit left, on the version it was made on", async () => {
    await store.put({ key: "old-2", op: { scene: "b", text: "second" }, base: 6, order: 2 });
    await store.put({ key: "old-1", op: { scene: "a", text: "first" }, base: 1, order: 1 });
    const queue = make();
    await queue.open();
    await settle();
    expect(sent.map((edit) => [edit.key, edit.base])).toEqual([
      ["old-1", 1],
      ["old-2", 6],
    ]);
  });
});
