import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, nextMode, snap, targetsOf } from "./snapping";
import { steadySong } from "./testing/builders";

const song = steadySong(8, 120);

describe("snapping", () => {
  it("finds what a plain search finds", () => {
    const values = fc
      .array(fc.integer({ min: 0, max: 500 }), { maxLength: 60 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(values, fc.integer({ min: -20, max: 520 }), (sorted, wanted) => {
        const found = nearest(sorted, wanted);
        const distances = sorted.map((value) => Math.abs(value - wanted));
        if (sorted.length === 0) expect(found).toBeNull();
        else expect(Math.abs((found as number) - wanted)).toBe(Math.min(...distances));
      }),
    );
  });

  it("holds to the mode's own targets", () => {
    expect(targetsOf(song, "beat")).toHaveLength(32);
    expect(targetsOf(song, "bar")).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    expect(targetsOf(song, "section")).toEqual([8]);
    expect(targetsOf(song, "off")).toEqual([]);
  });

  it("lets go beyond its reach and stays inside the boundary's", () => {
    const bars = targetsOf(song, "bar");
    expect(snap(bars, 4.1, 0.2)).toEqual({ time: 4, target: 4 });
    expect(snap(bars, 4.3, 0.2)).toEqual({ time: 4.3, target: null });
    expect(snap(bars, 4.1, 0.2, 4.05)).toEqual({ time: 4.1, target: null });
    expect(snap(bars, 1, 0.2, 3.9, 9)).toEqual({ time: 4, target: 4 });
  });

  it("goes round its modes", () => {
    expect([nextMode("beat"), nextMode("bar"), nextMode("section"), nextMode("off")]).toEqual([
      "bar",
      "section",
      "off",
      "beat",
    ]);
  });
});
