import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areBoundaries, cutAt, heldAt, lengthOf, reachOf, rolled, sceneAt, softStops } from "./boundaries";
import { steadySong } from "./testing/builders";

const song = steadySong(16, 120);

/** Boundaries on random beats, a beat or more apart. */
const boundaries = fc
  .uniqueArray(fc.integer({ min: 1, max: 62 }), { minLength: 1, maxLength: 20 })
  .map((beats) => [0, ...beats.sort((a, b) => a - b).map((beat) => beat * 0.5)]);

describe("boundaries", () => {
  it("stay sorted, contiguous and a beat apart, wherever they are rolled", () => {
    const moves = fc.array(fc.tuple(fc.nat(30), fc.double({ min: -50, max: 90, noNaN: true })), { maxLength: 30 });
    fc.assert(
      fc.property(boundaries, moves, (starts, rolls) => {
        let now: number[] = starts;
        for (const [at, to] of rolls) {
          now = rolled(now, song, at % now.length, to);
          expect(areBoundaries(now, song.duration)).toBe(true);
          for (const index of now.keys())
            expect(lengthOf(now, song.duration, index)).toBeGreaterThanOrEqual(0.5 - 1e-9);
        }
      }),
    );
  });

  it("move one boundary and no other", () => {
    fc.assert(
      fc.property(boundaries, fc.nat(30), fc.double({ min: 0, max: 32, noNaN: true }), (starts, at, to) => {
        const index = at % starts.length;
        const after = rolled(starts, song, index, to);
        for (const other of starts.keys()) if (other !== index) expect(after[other]).toBe(starts[other]);
        const { low, high } = reachOf(starts, song, index);
        expect(after[index]).toBeGreaterThanOrEqual(low);
        expect(after[index]).toBeLessThanOrEqual(high);
      }),
    );
  });

  it("never move the song's first moment", () => {
    expect(rolled([0, 2, 4], song, 0, 1)).toEqual([0, 2, 4]);
  });

  it("leave what is shorter than a beat already as it is", () => {
    expect(rolled([0, 2, 2.3], song, 2, 2.1)).toEqual([0, 2, 2.3]);
    expect(rolled([0, 2, 2.3], song, 2, 3)).toEqual([0, 2, 3]);
  });

  it("cut a scene only where both halves keep a beat", () => {
    expect(cutAt([0, 2, 4], song, 1, 3)).toBe(3);
    expect(cutAt([0, 2, 4], song, 1, 2.1)).toBe(2.5);
    expect(cutAt([0, 2, 2.9], song, 1, 2.5)).toBeNull();
    expect(cutAt([0, 2, 3], song, 1, 2.2)).toBe(2.5);
  });

  it("find the scene that plays", () => {
    expect([0, 1.99, 2, 3.9, 40].map((time) => sceneAt([0, 2, 4], time))).toEqual([0, 0, 1, 1, 2]);
  });
});

describe("soft stops", () => {
  const stops = softStops([0, 2, 14], 16, 1, { shortest: null, longest: 10 });

  it("lie where a neighbour becomes as long as the longest clip", () => {
    expect(stops).toEqual([
      { time: 10, scene: 0, limit: "longest" },
      { time: 4, scene: 1, limit: "longest" },
    ]);
    expect(softStops([0, 2, 14], 16, 1, { shortest: null, longest: null })).toEqual([]);
  });

  it("hold a drag that just passed them, and let one go that means it", () => {
    expect(heldAt(stops, 8, 10.2, 0.5)?.time).toBe(10);
    expect(heldAt(stops, 8, 11, 0.5)).toBeNull();
    expect(heldAt(stops, 8, 9.9, 0.5)).toBeNull();
    expect(heldAt(stops, 11, 10.2, 0.5)).toBeNull();
  });
});
