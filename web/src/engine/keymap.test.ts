import { expect, it } from "vitest";
import { actionOf, KEYMAP, type KeyPress } from "./keymap";

const free = { typing: false, dialog: false, singleKeys: true };
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...more,
});

it("reads letters on a Hangul keyboard as well", () => {
  expect(actionOf(press("ㄴ", { code: "KeyS" }), free)).toBe("split");
  expect(actionOf(press("L", { shiftKey: true }), free)).toBe("loop");
  expect(actionOf(press("z", { ctrlKey: true }), free)).toBe("undo");
  expect(actionOf(press("Z", { metaKey: true, shiftKey: true }), free)).toBe("redo");
  expect(actionOf(press("Z", { shiftKey: true }), free)).toBe("fit");
  expect(actionOf(press("?", { shiftKey: true, code: "Slash" }), free)).toBe("help");
  expect(actionOf(press("ArrowLeft", { shiftKey: true }), free)).toBe("scene-back");
});

it("leaves typing, composing and dialogs alone", () => {
  expect(actionOf(press(" "), { ...free, typing: true })).toBeNull();
  expect(actionOf(press("s", { isComposing: true }), free)).toBeNull();
  expect(actionOf(press("s"), { ...free, dialog: true })).toBeNull();
  expect(actionOf(press("Enter", { ctrlKey: true }), { ...free, typing: true })).toBe("main");
});

it("switches single keys off and leaves the others", () => {
  const off = { ...free, singleKeys: false };
  expect(actionOf(press("s"), off)).toBeNull();
  expect(actionOf(press("+"), off)).toBeNull();
  expect(actionOf(press("z", { ctrlKey: true }), off)).toBe("undo");
  expect(actionOf(press("ArrowLeft"), off)).toBe("beat-back");
});

it("gives no key to two actions", () => {
  const keys = KEYMAP.map((one) => [one.code ?? one.key, one.shift ?? false, one.mod ?? false].join());
  expect(new Set(keys).size).toBe(keys.length);
});
