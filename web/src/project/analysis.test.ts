import { expect, test } from "vitest";
import { barBeat, countUpTo, nearest } from "./analysis";

const beats = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5];
const downbeats = [0.5, 2.5, 4.5];

test.each([
  [0.5, 1, 1],
  [0.99, 1, 1],
  [1, 1, 2],
  [2.4, 1, 4],
  [2.5, 2, 1],
  [4.2, 2, 4],
  [9, 3, 1],
])("%s s is bar %s, beat %s", (time, bar, beat) => {
  expect(barBeat({ beats, downbeats }, time)).toEqual({ bar, beat });
});

test("before the first downbeat there is no bar yet", () => {
  expect(barBeat({ beats, downbeats }, 0.1)).toEqual({ bar: 0, beat: 1 });
});

test("the nearest of a list", () => {
  expect(nearest(downbeats, 0)).toBe(0.5);
  expect(nearest(downbeats, 1.6)).toBe(2.5);
  expect(nearest(downbeats, 99)).toBe(4.5);
  expect(nearest([], 3)).toBe(3);
  expect(countUpTo(beats, 0)).toBe(0);
});
