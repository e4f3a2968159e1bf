import fc from "fast-check";
import { expect, test } from "vitest";
import { wordDiff } from "./word-diff";

test("words that stay are told from those that go and come", () => {
  expect(wordDiff("a lone rooftop at night", "a wet rooftop at dawn")).toEqual([
    { kind: "same", text: "a " },
    { kind: "gone", text: "lone " },
    { kind: "new", text: "wet " },
    { kind: "same", text: "rooftop at " },
    { kind: "gone", text: "night" },
    { kind: "new", text: "dawn" },
  ]);
  expect(wordDiff("", "비가 온다")).toEqual([{ kind: "new", text: "비가 온다" }]);
  expect(wordDiff("같은 글", "같은 글")).toEqual([{ kind: "same", text: "같은 글" }]);
});

test("without what is new a diff is the old text, without what is gone the new one", () => {
  const text = fc.array(fc.constantFrom("비", "밤", "a ", "  ", "rain\n", "빛이 ")).map((words) => words.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = wordDiff(before, after);
      const said = (without: string) => parts.filter((one) => one.kind !== without).map((one) => one.text);
      expect(said("new").join("")).toBe(before);
      expect(said("gone").join("")).toBe(after);
    }),
  );
});
