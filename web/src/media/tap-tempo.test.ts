import { expect, test } from "vitest";
import { compareTempo, tapped, tempoOf } from "./tap-tempo";

const tap = (...times: number[]) => times.reduce<readonly number[]>(tapped, []);

test("the tempo is the median pause, so one slip does no harm", () => {
  expect(tempoOf(tap(0, 500, 1_000, 1_500))).toBe(120);
  expect(tempoOf(tap(0, 500, 1_000, 1_800, 2_000, 2_500, 3_000))).toBe(120);
});

test("a long pause begins anew, and too few taps say nothing", () => {
  expect(tempoOf(tap(0, 500, 1_000))).toBeNull();
  expect(tap(0, 500, 1_000, 9_000)).toEqual([9_000]);
});

test("double and half time are told apart from another tempo", () => {
  expect(compareTempo(121, 120)).toBe("same");
  expect(compareTempo(241, 120)).toBe("double");
  expect(compareTempo(60.5, 120)).toBe("half");
  expect(compareTempo(90, 120)).toBe("other");
});
