import { afterEach, expect, test } from "vitest";
import { words } from "./words";

const ko = { plain: "가", nested: { deep: "나" }, count: (p: { count: number }) => `${p.count}개` };
const said = words(ko, {
  plain: "a",
  nested: { deep: "b" },
  count: (p) => (p.count === 1 ? "one" : `${p.count} things`),
});

afterEach(() => {
  document.documentElement.lang = "ko";
});

test("the language in use is read when a message is", () => {
  const kept = said.nested;
  expect([said.plain, kept.deep, said.count({ count: 2 })]).toEqual(["가", "나", "2개"]);
  document.documentElement.lang = "en";
  expect([said.plain, kept.deep, said.count({ count: 1 })]).toEqual(["a", "b", "one"]);
});

test("whether a word of the server is known can be asked", () => {
  expect(["deep" in said.nested, "other" in said.nested]).toEqual([true, false]);
});
