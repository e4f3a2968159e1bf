import fc from "fast-check";
import { expect, test } from "vitest";
import { type LyricLine, moveLine, rewordLine, settled } from "./lyrics";

const line: LyricLine = {
  start: 10,
  end: 12,
  text: "빈 거리에",
  confidence: 0.2,
  words: [
    { start: 10, end: 10.5, text: "빈", confidence: 0.3 },
    { start: 10.5, end: 12, text: "거리에" },
  ],
};

test("a moved line takes its words along and is certain", () => {
  expect(moveLine(line, 11)).toEqual({
    start: 11,
    end: 13,
    text: "빈 거리에",
    words: [
      { start: 11, end: 11.5, text: "빈" },
      { start: 11.5, end: 13, text: "거리에" },
    ],
  });
});

test("another wording loses the times of its words, the same keeps them", () => {
  expect(rewordLine(line, "빈 거리를").words).toBeUndefined();
  expect(rewordLine(line, line.text)).toBe(line);
});

test("settled lines never overlap and never have words beyond their end", () => {
  const time = fc.double({ min: 0, max: 100, noNaN: true });
  const some = fc.record({ start: time, length: fc.double({ min: 0.2, max: 10, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), (drawn) => {
      const made = settled(drawn.map(({ start, length }) => ({ start, end: start + length, text: "la" })));
      for (const [index, one] of (made ?? []).entries()) {
        expect(one.end).toBeGreaterThan(one.start);
        expect(one.start).toBeGreaterThanOrEqual(made?.[index - 1]?.end ?? 0);
      }
    }),
  );
});

test("two lines that begin together have no room", () => {
  expect(settled([line, { ...line, text: "다른 줄" }])).toBeNull();
});
