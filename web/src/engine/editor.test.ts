import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { areBoundaries } from "./boundaries";
import { Editor } from "./editor";
import { type SceneOp, startsOf } from "./scene-ops";
import { scenesAt, steadySong, type TestScene } from "./testing/builders";

const song = steadySong(16, 120);

describe("the editor", () => {
  let sent: SceneOp<TestScene>[];
  let editor: Editor<TestScene>;
  const starts = () => startsOf(editor.snapshot().scenes);

  beforeEach(() => {
    sent = [];
    editor = new Editor(song, scenesAt([0, 4, 8, 12], 32), (op) => sent.push(op));
  });

  it("makes one drag one step of undo, however far it wandered", () => {
    editor.beginDrag(2);
    for (const time of [8.5, 9, 11, 7, 9.5]) editor.dragTo(time);
    expect(sent).toEqual([]);
    editor.endDrag();
    expect(starts()).toEqual([0, 4, 9.5, 12]);
    expect(sent).toEqual([{ kind: "roll", scene: "scene-3", start: 9.5 }]);
    expect(editor.undo()).toBe(true);
    expect(starts()).toEqual([0, 4, 8, 12]);
    expect(editor.undo()).toBe(false);
    expect(editor.redo()).toBe(true);
    expect(starts()).toEqual([0, 4, 9.5, 12]);
  });

  it("leaves nothing behind when a drag is cancelled or ends where it began", () => {
    const before = editor.snapshot().scenes;
    editor.beginDrag(1);
    editor.dragTo(6);
    editor.cancelDrag();
    editor.beginDrag(1);
    editor.dragTo(6);
    editor.dragTo(4);
    editor.endDrag();
    expect(editor.snapshot().scenes).toBe(before);
    expect(editor.snapshot().undo).toBeNull();
    expect(sent).toEqual([]);
  });

  it("cancels the drag, not the step before it, on undo", () => {
    editor.run({ kind: "roll", scene: "scene-2", start: 5 });
    editor.beginDrag(2);
    editor.dragTo(9);
    editor.undo();
    expect(starts()).toEqual([0, 5, 8, 12]);
  });

  it("asks for both neighbours of a moved boundary to be made anew, and for nobody else", () => {
    editor.run({ kind: "roll", scene: "scene-2", start: 5 });
    expect(editor.snapshot().scenes.map((scene) => scene.status)).toEqual([
      "pending",
      "pending",
      "video_ready",
      "video_ready",
    ]);
  });

  it("splits and merges, there and back", () => {
    editor.run({ kind: "split", scene: "scene-2", at: 6, fresh: "new-1" });
    expect(editor.snapshot().scenes.map((scene) => [scene.id, scene.scene_number])).toEqual([
      ["scene-1", 1],
      ["scene-2", 2],
      ["new-1", 3],
      ["scene-3", 4],
      ["scene-4", 5],
    ]);
    editor.rename("new-1", "scene-9");
    editor.undo();
    expect(sent.at(-1)).toEqual({ kind: "merge", scene: "scene-9" });
    expect(starts()).toEqual([0, 4, 8, 12]);
    editor.run({ kind: "merge", scene: "scene-1" });
    expect(starts()).toEqual([0, 8, 12]);
    expect(editor.scene("scene-2")?.config.transition.kind).toBe("cut");
    editor.undo();
    expect(starts()).toEqual([0, 4, 8, 12]);
    expect(editor.scene("scene-2")?.config.transition.kind).toBe("crossfade");
  });

  it("takes back words as well as times", () => {
    editor.run({ kind: "change", scene: "scene-1", change: { description: "Rain", config: { title: "Wet" } } });
    editor.run({ kind: "lock", scene: "scene-1", locked: true });
    editor.undo();
    editor.undo();
    expect(editor.scene("scene-1")).toMatchObject({
      description: "Scene 1",
      config: { title: "Title 1" },
      locked: false,
    });
    expect(sent.at(-1)).toEqual({
      kind: "change",
      scene: "scene-1",
      change: { description: "Scene 1", config: { title: "Title 1" } },
    });
  });

  it("moves what scenes show and leaves the cuts, there and back", () => {
    const shown = () => editor.snapshot().scenes.map(({ id, description }) => [id, description]);
    const leads = () => editor.snapshot().scenes.map(({ config }) => config.transition.kind);
    const before = shown();
    expect(editor.run({ kind: "move", scene: "scene-1", to: "scene-3" })).toBe(true);
    expect(shown()).toEqual([
      ["scene-1", "Scene 2"],
      ["scene-2", "Scene 3"],
      ["scene-3", "Scene 1"],
      ["scene-4", "Scene 4"],
    ]);
    expect(starts()).toEqual([0, 4, 8, 12]);
    expect(leads()).toEqual(["cut", "crossfade", "cut", "cut"]);
    expect(editor.snapshot().scenes.map((scene) => scene.status)).toEqual([
      "pending",
      "pending",
      "pending",
      "video_ready",
    ]);
    editor.undo();
    expect(shown()).toEqual(before);
    expect(sent.at(-1)).toEqual({ kind: "move", scene: "scene-3", to: "scene-1" });
    expect(editor.run({ kind: "move", scene: "scene-1", to: "nobody" })).toBe(false);
    expect(editor.run({ kind: "move", scene: "scene-1", to: "scene-1" })).toBe(false);
  });

  it("does not cut what is too short, nor merge the only scene", () => {
    expect(editor.run({ kind: "split", scene: "nobody", at: 1, fresh: "x" })).toBe(false);
    const single = new Editor(song, scenesAt([0], 32), () => {});
    expect(single.run({ kind: "merge", scene: "scene-1" })).toBe(false);
  });

  it("keeps a drag going over news from the server, and rows that say the same as they were", () => {
    const kept = editor.snapshot().scenes[3];
    editor.beginDrag(2);
    editor.dragTo(9);
    const rows = scenesAt([0, 4.5, 8, 12], 32);
    editor.sync(rows);
    expect(starts()).toEqual([0, 4.5, 9, 12]);
    expect(editor.snapshot().scenes[3]).toBe(kept);
    editor.endDrag();
    expect(sent).toEqual([{ kind: "roll", scene: "scene-3", start: 9 }]);
  });

  it("shows edits that the server does not have yet on top of what it has", () => {
    editor.sync(scenesAt([0, 4, 8, 12], 32), [{ kind: "roll", scene: "scene-2", start: 5 }]);
    expect(starts()).toEqual([0, 5, 8, 12]);
  });

  it("comes back to the beginning by undo, whatever was done", () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant("roll" as const), at: fc.nat(9), to: fc.double({ min: 0, max: 32, noNaN: true }) }),
      fc.record({
        kind: fc.constant("split" as const),
        at: fc.nat(9),
        to: fc.double({ min: 0, max: 32, noNaN: true }),
      }),
      fc.record({ kind: fc.constant("merge" as const), at: fc.nat(9), to: fc.constant(0) }),
      fc.record({ kind: fc.constant("change" as const), at: fc.nat(9), to: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
        const mine = new Editor(song, scenesAt([0, 4, 8, 12], 32), () => {});
        const told = () =>
          mine.snapshot().scenes.map((scene) => [scene.id, scene.timestamp_start, scene.description, scene.config]);
        const beginning = told();
        for (const [index, { kind, at, to }] of commands.entries()) {
          const { scenes } = mine.snapshot();
          const scene = scenes[at % scenes.length]?.id as string;
          if (kind === "roll") mine.run({ kind, scene, start: to });
          else if (kind === "split") mine.run({ kind, scene, at: to, fresh: `new-${index}` });
          else if (kind === "merge") mine.run({ kind, scene });
          else mine.run({ kind, scene, change: { description: `Words ${index}` } });
          expect(areBoundaries(startsOf(mine.snapshot().scenes), 32)).toBe(true);
        }
        const end = told();
        let steps = 0;
        while (mine.undo()) steps += 1;
        expect(told()).toEqual(beginning);
        while (steps > 0) {
          expect(mine.redo()).toBe(true);
          steps -= 1;
        }
        expect(told()).toEqual(end);
      }),
    );
  });
});
