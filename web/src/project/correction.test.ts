import fc from "fast-check";
import { expect, test } from "vitest";
import { atOctave, type Correction, evenly, saysNothing, shifted } from "./correction";

test("twice and half are each other's way back", () => {
  expect(atOctave(null, 1)).toMatchObject({ octaves: 1 });
  const back = atOctave(atOctave(null, 1), -1);
  expect(back && saysNothing(back)).toBe(true);
  expect(atOctave({ octaves: 3 }, 1)).toBeNull();
});

test("a tempo that was set by hand is doubled itself, within what a song can be", () => {
  expect(atOctave({ bpm: 90 }, 1)).toEqual({ bpm: 180 });
  expect(atOctave({ bpm: 30 }, -1)).toBeNull();
  expect(evenly({ octaves: 1, key: "A Minor" }, 128, 0.4)).toMatchObject({ octaves: null, bpm: 128, key: "A Minor" });
});

test("bars moved by as many beats as they have are where they were", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.constantFrom<1 | -1>(1, -1), (beats, by) => {
      let said: Correction | null = null;
      for (let step = 0; step < beats; step += 1) said = shifted(said, by, beats);
      expect(said && saysNothing(said)).toBe(true);
    }),
  );
});
