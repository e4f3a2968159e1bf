import { expect, test } from "vitest";
import { particle } from "./particles";

test.each([
  ["하린", "이", "하린이"],
  ["나래", "이", "나래가"],
  ["곡", "을", "곡을"],
  ["노래", "을", "노래를"],
  ["서울", "으로", "서울로"],
  ["부산", "으로", "부산으로"],
  ["바다", "으로", "바다로"],
  ["버전 3", "을", "버전 3을"],
  ["버전 2", "을", "버전 2를"],
  ["장면 10", "과", "장면 10과"],
  ["EDM", "은", "EDM은"],
  ["Ana", "은", "Ana는"],
  ["“여름밤”", "을", "“여름밤”을"],
] as const)("%s + %s", (word, kind, joined) => {
  expect(particle(word, kind)).toBe(joined);
});
