import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { chord, useCommands, useSingleKeys } from "./shortcuts";

function Screen({
  run,
  keys,
  anywhere = false,
}: {
  readonly run: () => void;
  readonly keys: string;
  readonly anywhere?: boolean;
}) {
  useCommands([{ id: "one", label: "One", group: "Group", keys, anywhere, run }]);
  return (
    <>
      <input aria-label="field" />
      <button type="button">button</button>
      <input type="range" aria-label="range" />
    </>
  );
}

const press = (target: Element, key: string, code: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(target, { key, code, ...more });

test.each([
  [{ key: "k", code: "KeyK", metaKey: true }, "mod+k"],
  [{ key: "ㅏ", code: "KeyK" }, "k"],
  [{ key: "Z", code: "KeyZ", shiftKey: true, ctrlKey: true }, "mod+shift+z"],
  [{ key: "?", code: "Slash", shiftKey: true }, "?"],
  [{ key: "ArrowLeft", code: "ArrowLeft", shiftKey: true }, "shift+left"],
  [{ key: " ", code: "Space" }, "space"],
])("%o is %s", (event, name) => {
  expect(chord(new KeyboardEvent("keydown", event))).toBe(name);
});

test("a key does its command, but not in fields, nor while Hangul is composed", () => {
  const run = vi.fn();
  render(<Screen run={run} keys="t" />);
  press(document.body, "t", "KeyT");
  press(screen.getByLabelText("field"), "t", "KeyT");
  press(document.body, "ㅅ", "KeyT", { isComposing: true });
  expect(run).toHaveBeenCalledTimes(1);
});

test("a button keeps its space bar, a slider its arrows", () => {
  const run = vi.fn();
  render(<Screen run={run} keys="space left" />);
  press(screen.getByText("button"), " ", "Space");
  press(screen.getByLabelText("range"), "ArrowLeft", "ArrowLeft");
  expect(run).not.toHaveBeenCalled();
  press(document.body, "ArrowLeft", "ArrowLeft");
  expect(run).toHaveBeenCalledTimes(1);
});

test("single keys can be switched off; keys with a modifier stay", () => {
  const [single, palette] = [vi.fn(), vi.fn()];
  render(
    <>
      <Screen run={single} keys="t" />
      <Screen run={palette} keys="mod+k" anywhere />
    </>,
  );
  useSingleKeys.getState().set(false);
  press(document.body, "t", "KeyT");
  press(screen.getAllByLabelText("field")[0] as Element, "k", "KeyK", { ctrlKey: true });
  useSingleKeys.getState().set(true);
  expect(single).not.toHaveBeenCalled();
  expect(palette).toHaveBeenCalledTimes(1);
});
