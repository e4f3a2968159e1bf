import { expect, test } from "vitest";
import { judgeLuma } from "./judge-photo";

const picture = (value: (x: number, y: number) => number) =>
  Float32Array.from({ length: 64 * 64 }, (_, at) => value(at % 64, Math.floor(at / 64)));

test("dark, bright, blurred and good photos are told apart", () => {
  expect(
    judgeLuma(
      picture(() => 0.05),
      64,
    ),
  ).toBe("dark");
  expect(
    judgeLuma(
      picture(() => 0.97),
      64,
    ),
  ).toBe("bright");
  expect(
    judgeLuma(
      picture((x) => 0.3 + x / 200),
      64,
    ),
  ).toBe("blurred");
  expect(
    judgeLuma(
      picture((x, y) => (((x >> 3) + (y >> 3)) % 2 ? 0.8 : 0.2)),
      64,
    ),
  ).toBe("good");
});
