import fc from "fast-check";
import { expect, test } from "vitest";
import { changeBody, fitted, isComplete, newChange, regionBetween } from "./still-change";

test("a change is complete when it says what and where", () => {
  const change = newChange("a");
  expect(isComplete(change)).toBe(false);
  const rain = { ...change, instruction: " 비가 오게 해 주세요 " };
  expect(isComplete(rain)).toBe(true);
  expect(isComplete({ ...rain, where: "mask" })).toBe(false);
  expect(isComplete({ ...change, kind: "text" })).toBe(false);
  expect(changeBody(rain, null)).toEqual({
    instruction: "비가 오게 해 주세요",
    mode: "dual",
    preserve_layout: false,
    text_edits: [],
    region: null,
    mask_upload_id: null,
  });
});

test("new text goes instead of an instruction", () => {
  const sign = {
    ...newChange("a"),
    kind: "text" as const,
    instruction: "left over",
    texts: [{ from: "OPEN", to: "여름밤", keepFont: true }],
    where: "region" as const,
  };
  const body = changeBody(sign, null);
  expect(body.instruction).toBeUndefined();
  expect(body.text_edits).toEqual([{ original_text: "OPEN", new_text: "여름밤", preserve_font: true }]);
  expect(body.region).toEqual(sign.region);
});

test("a rectangle lies inside the picture and holds some of it, however it is drawn", () => {
  const point = fc.tuple(fc.double({ min: -2, max: 3, noNaN: true }), fc.double({ min: -2, max: 3, noNaN: true }));
  fc.assert(
    fc.property(point, point, (one, two) => {
      const { x, y, width, height } = regionBetween(one, two);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.min(width, height)).toBeGreaterThan(0);
      expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-12);
      expect(fitted({ x, y, width, height })).toEqual({ x, y, width, height });
    }),
  );
});
