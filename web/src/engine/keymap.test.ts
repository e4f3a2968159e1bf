import { expect, it } from "vitest";
import { KEYS_ONLY, STUDIO_KEYS } from "./keymap";

it("gives no key to two actions", () => {
  const keys = Object.values(STUDIO_KEYS).flatMap((all) => all.split(" "));
  expect(new Set(keys).size).toBe(keys.length);
});

it("writes modifiers in one order, as presses are read", () => {
  for (const keys of Object.values(STUDIO_KEYS)) {
    for (const one of keys.split(" "))
      expect(one).toMatch(/^(mod\+)?(alt\+)?(shift\+)?([a-z]|[-+=]|space|left|right|up|down|home|end|enter)$/);
  }
});

it("knows the actions that it hides", () => {
  for (const action of KEYS_ONLY) expect(STUDIO_KEYS).toHaveProperty(action);
});
