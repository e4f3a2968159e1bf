import { expect, test } from "vitest";
import { rangeOf } from "./range";

test("a range ends today and counts it", () => {
  const today = new Date(2026, 10, 23, 9);
  expect(rangeOf("period", today)).toEqual({});
  expect(rangeOf("month", today)).toEqual({ from: "2026-10-25" });
  expect(rangeOf("quarter", today)).toEqual({ from: "2026-08-26" });
});
