import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PeaksPyramid } from "./peaks";
import { nextWindow, visibleRange, WINDOW_STEP, windowOf } from "./viewport-window";
import {
  clampZoom,
  firstZoom,
  fitZoom,
  LEAST_ZOOM,
  MOST_ZOOM,
  scrollAfterZoom,
  sliderToZoom,
  zoomStep,
  zoomToSlider,
} from "./zoom";

describe("zoom", () => {
  const zooms = fc.double({ min: LEAST_ZOOM, max: MOST_ZOOM, noNaN: true });

  it("keeps the time under the pointer where it is", () => {
    fc.assert(
      fc.property(
        zooms,
        zooms,
        fc.double({ min: 0, max: 9e4, noNaN: true }),
        fc.integer({ min: 0, max: 1500 }),
        (before, after, scroll, x) => {
          const moved = scrollAfterZoom(before, after, scroll, x);
          // At the song's start there may be nothing left to scroll away.
          if (moved > 0) expect((moved + x) / after).toBeCloseTo((scroll + x) / before, 6);
        },
      ),
    );
  });

  it("moves a slider by equal ratios", () => {
    fc.assert(
      fc.property(zooms, (zoom) => {
        expect(sliderToZoom(zoomToSlider(zoom))).toBeCloseTo(zoom, 6);
      }),
    );
    expect(zoomStep(10, 4)).toBeCloseTo(20);
    expect(sliderToZoom(0)).toBe(LEAST_ZOOM);
    expect(sliderToZoom(1)).toBeCloseTo(MOST_ZOOM);
  });

  it("begins where clips can be seen and taken hold of", () => {
    expect(firstZoom([7.5, 7.5, 7.5])).toBe(16);
    expect(firstZoom([2, 2, 0.5])).toBe(60);
    expect(firstZoom([0.25, 4, 4]) * 0.25).toBeGreaterThanOrEqual(24);
    expect(firstZoom([])).toBe(24);
  });

  it("never makes a page wider than browsers lay out", () => {
    expect(clampZoom(1e9, 60)).toBe(MOST_ZOOM);
    expect(clampZoom(1e9, 1e6) * 1e6).toBeLessThanOrEqual(10_000_000);
    expect(clampZoom(0, 60)).toBe(LEAST_ZOOM);
    expect(clampZoom(0, 600, 1200)).toBe(fitZoom(600, 1200));
  });
});

describe("the window of clips", () => {
  it("keeps what it has while that shows everything, and little more", () => {
    const scrolls = fc.double({ min: 0, max: 9e4, noNaN: true });
    const zooms = fc.double({ min: LEAST_ZOOM, max: MOST_ZOOM, noNaN: true });
    fc.assert(
      fc.property(scrolls, scrolls, fc.integer({ min: 200, max: 2400 }), zooms, zooms, (from, to, width, one, two) => {
        const next = nextWindow(windowOf(from, width, one), to, width, two);
        expect(next.from).toBeLessThanOrEqual(to / two);
        expect(next.to).toBeGreaterThanOrEqual((to + width) / two);
        const wanted = windowOf(to, width, two);
        expect(next.to - next.from).toBeLessThanOrEqual(2 * (wanted.to - wanted.from));
        expect(nextWindow(next, to, width, two)).toBe(next);
      }),
    );
    const kept = windowOf(1000, 1200, 100);
    expect(nextWindow(kept, 1010, 1200, 100)).toBe(kept);
    expect(nextWindow(kept, 1000, 1200, 96)).toBe(kept);
  });

  it("moves in steps and always covers the screen", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e5 }),
        fc.integer({ min: 200, max: 3000 }),
        fc.double({ min: 4, max: 400, noNaN: true }),
        (scroll, width, pps) => {
          const window = windowOf(scroll, width, pps);
          expect(window.from * pps).toBeLessThanOrEqual(scroll + 1e-6);
          expect(window.to * pps).toBeGreaterThanOrEqual(scroll + width - 1e-6);
          const nudged = windowOf(Math.floor(scroll / WINDOW_STEP) * WINDOW_STEP, width, pps);
          expect(nudged.from).toBe(window.from);
        },
      ),
    );
  });

  it("holds just the scenes that touch it", () => {
    const starts = [0, 2, 4, 6, 8];
    expect(visibleRange(starts, { from: 0, to: 100 })).toEqual([0, 5]);
    expect(visibleRange(starts, { from: 2.5, to: 6 })).toEqual([1, 3]);
    expect(visibleRange(starts, { from: 2, to: 6.1 })).toEqual([1, 4]);
    expect(visibleRange([], { from: 0, to: 1 })).toEqual([0, 0]);
  });
});

describe("the waveform's pyramid", () => {
  it("never misses a peak, and reads few values at any zoom", () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 2000 });
    fc.assert(
      fc.property(
        bytes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 8, noNaN: true }),
        (values, share, span) => {
          const pyramid = new PeaksPyramid(values, 100);
          const from = (share * values.length) / 100;
          const to = Math.min(values.length / 100, from + span);
          const plain = Math.max(0, ...values.slice(Math.floor(from * 100), Math.ceil(to * 100 - 1e-9)));
          expect(pyramid.max(from, to)).toBeGreaterThanOrEqual(to > from ? plain : 0);
        },
      ),
    );
  });

  it("has eight levels, each the maxima of the one below", () => {
    const pyramid = new PeaksPyramid([1, 9, 3, 4, 5], 100);
    expect(pyramid.levels.map((level) => [...level])).toEqual([[1, 9, 3, 4, 5], [9, 4, 5], [9, 5], [9]]);
    expect(new PeaksPyramid(new Array(4096).fill(7), 100).levels).toHaveLength(8);
  });
});
