import fc from "fast-check";
import { expect, it } from "vitest";
import { barBeatCode, parseTimecode, shortTimecode, timecode } from "./timecode";

it("writes times as a clock does", () => {
  expect(timecode(70.52)).toBe("01:10.52");
  expect(timecode(1.1499999999)).toBe("00:01.15");
  expect(timecode(59.999)).toBe("00:59.99");
  expect(timecode(-1)).toBe("00:00.00");
  expect(timecode(6001)).toBe("100:01.00");
  expect(shortTimecode(70.9)).toBe("01:10");
  expect(barBeatCode({ bar: 38, beat: 3 })).toBe("38.3");
});

it("reads what it writes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 720_000 }), (hundredths) => {
      expect(parseTimecode(timecode(hundredths / 100))).toBeCloseTo(hundredths / 100, 6);
    }),
  );
  expect(parseTimecode("70.5")).toBe(70.5);
  for (const bad of ["", "1:70", "a", "1:2:3", "-4"]) expect(parseTimecode(bad)).toBeNull();
});
