import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipSeconds, filmSpans, frameAt, segmentTime } from "./film-timeline";
import { budgetAfter, limitsOf, type PricedModel, priceOf, USUAL_CONFIG } from "./price";

const scene = (start: number, kind = "cut", beats = 0) => ({
  timestamp_start: start,
  config: { transition: { kind, beats } },
});

const model = (more: Partial<PricedModel>): PricedModel => ({
  id: "kling",
  kind: "clip",
  clip_seconds: [10, 5],
  price_usd: 0.084,
  price_unit: "second",
  needs_network: true,
  available: true,
  ...more,
});

describe("film time", () => {
  it("tiles the film, and seams take the same from both sides and no more than a third", () => {
    const lengths = fc.array(
      fc.tuple(fc.double({ min: 0.25, max: 20, noNaN: true }), fc.double({ min: 0, max: 16, noNaN: true })),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(
        lengths,
        fc.double({ min: 40, max: 240, noNaN: true }),
        fc.constantFrom(24, 30, 60),
        (parts, tempo, fps) => {
          let at = 0;
          const scenes = parts.map(([length, beats]) => {
            const one = scene(at, beats > 0 ? "crossfade" : "cut", beats);
            at += length;
            return one;
          });
          const spans = filmSpans(scenes, at, tempo, fps);
          for (const [index, span] of spans.entries()) {
            expect(span.start).toBe(frameAt(scenes[index]?.timestamp_start as number, fps));
            expect(span.head).toBe(index === 0 ? 0 : spans[index - 1]?.tail);
            expect(span.end).toBe(spans[index + 1]?.start ?? Math.max(1, frameAt(at, fps)));
            expect((span.head + span.tail) * 3).toBeLessThanOrEqual((span.end - span.start) * 2);
          }
        },
      ),
    );
  });

  it("finds the moment in a scene's file, and the nearest one during a seam", () => {
    const [, second] = filmSpans([scene(0), scene(4, "crossfade", 2), scene(8)], 12, 120, 24);
    expect(second).toEqual({ start: 96, end: 192, head: 12, tail: 0 });
    if (!second) return;
    expect(clipSeconds(second, 24)).toBe(4.5);
    expect(segmentTime(second, 24, 4.5)).toBe(0);
    expect(segmentTime(second, 24, 4.1)).toBe(0);
    expect(segmentTime(second, 24, 6)).toBe(1.5);
    expect(segmentTime(second, 24, 99)).toBeCloseTo(3.5 - 1 / 24);
  });
});

describe("prices", () => {
  const film = { scenes: [scene(0), scene(4.2), scene(9.3)], duration: 24, tempo: 120 };
  const config = { ...USUAL_CONFIG, video_model: "kling" };

  it("pay for the shortest clip that covers the scene, as the server does", () => {
    expect(priceOf(film, [model({})], config, [1], "video").usd).toBeCloseTo(0.42);
    expect(priceOf(film, [model({})], config, [2], "video").usd).toBeCloseTo(0.84);
    expect(priceOf(film, [model({ price_unit: "clip" })], config, [1], "video").usd).toBeCloseTo(0.084);
    expect(priceOf(film, [model({ clip_seconds: [] })], config, [1], "video").usd).toBeCloseTo(0.42);
  });

  it("say which scene no clip covers", () => {
    expect(priceOf(film, [model({})], config, [1, 2, 3], "video").tooLong).toMatchObject({ number: 3, longest: 10 });
    expect(priceOf(film, [model({})], config, [1, 2], "video").tooLong).toBeNull();
    expect(limitsOf([model({})], "kling")).toEqual({ shortest: 5, longest: 10 });
    expect(limitsOf([], "animatic")).toEqual({ shortest: null, longest: null });
  });

  it("add the still, whose model is another", () => {
    const models = [
      model({}),
      model({ id: "nano", kind: "image", price_usd: 0.0588, price_unit: "image", clip_seconds: [] }),
    ];
    expect(priceOf(film, models, { ...config, image_model: "nano" }, [1], "both").usd).toBeCloseTo(0.4788);
    expect(priceOf(film, models, { ...config, image_model: "nano" }, [1], "image").usd).toBeCloseTo(0.0588);
  });

  it("cost nothing with the maker that is built in, and take as long as the server says", () => {
    // The server quoted 14 s for this film at these settings.
    const drawn = { scenes: [scene(0)], duration: 82.667, tempo: 123.916 };
    const price = priceOf(drawn, [], { ...USUAL_CONFIG, quality_tier: "draft", resolution: "480p" }, [1], "both");
    expect(price).toEqual({ usd: 0, seconds: 14, tooLong: null });
  });

  it("say what is missing of a budget", () => {
    expect(budgetAfter(3, 2, 4)).toEqual({ spent: 3, after: 5, limit: 4, missing: 1 });
    expect(budgetAfter(3, 1, 4).missing).toBe(0);
    expect(budgetAfter(3, 100, null).missing).toBe(0);
  });
});
