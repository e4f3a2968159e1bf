import { expect, test } from "vitest";
import { unitPrices, worth, worthInFilms } from "./worth";

const model = (kind: string, price_unit: string, price_usd: number, available = true) =>
  ({ kind, price_unit, price_usd, available }) as Parameters<typeof unitPrices>[0][number];

test("credits are counted in what the cheapest usable models make of them, never in more", () => {
  const prices = unitPrices([
    model("image", "image", 0.0588),
    model("image", "image", 0.02, false),
    model("image", "image", 0),
    model("clip", "second", 0.07),
    model("clip", "clip", 0.01),
  ]);
  expect(prices).toEqual({ image: 0.0588, second: 0.07 });
  expect(worth(1000, prices)).toBe("AI 이미지 약 170장 또는 AI 영상 약 2분");
  expect(worth(1000, { image: 0.0588, second: null })).toBe("AI 이미지 약 170장");
  expect(worth(1000, { image: null, second: null })).toBeNull();
  expect(worth(1, prices)).toBeNull();
});

test("and in whole films where the server counts them, or in how much of one", () => {
  expect(worthInFilms(1.64, 180)).toBe("3분짜리 AI 영상 약 1.6편");
  expect(worthInFilms(57.6, 180)).toBe("3분짜리 AI 영상 약 57편");
  expect(worthInFilms(0.4, 180)).toBe("3분짜리 AI 영상 한 편의 약 40%");
  expect([worthInFilms(null, 180), worthInFilms(0, 180), worthInFilms(2, undefined)]).toEqual([null, null, null]);
});
