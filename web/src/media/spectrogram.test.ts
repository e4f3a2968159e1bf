import { expect, test } from "vitest";
import { spectrogram, transform } from "./spectrogram";

test("a wave with a whole number of turns is in one bin and its mirror", () => {
  const real = Float32Array.from({ length: 64 }, (_, index) => Math.cos((2 * Math.PI * 5 * index) / 64));
  const imaginary = new Float32Array(64);
  transform(real, imaginary);
  const loud = [...real].flatMap((value, bin) => (Math.hypot(value, imaginary[bin] ?? 0) > 1 ? [bin] : []));
  expect(loud).toEqual([5, 59]);
  expect(real[5]).toBeCloseTo(32, 3);
});

test("a higher tone stands in a higher row, and silence in none", () => {
  const tone = (hz: number) =>
    Float32Array.from({ length: 16_000 }, (_, at) => Math.sin((2 * Math.PI * hz * at) / 16_000));
  const loudest = (hz: number) => {
    const column = spectrogram(tone(hz), 4, 48).slice(48, 96);
    return column.indexOf(Math.max(...column));
  };
  expect(loudest(220)).toBeLessThan(loudest(880));
  expect(loudest(880)).toBeLessThan(loudest(3520));
  const half = spectrogram(
    Float32Array.from({ length: 16_000 }, (_, at) => (at < 8_000 ? Math.sin(at / 4) : 0)),
    8,
    24,
  );
  expect(Math.max(...half.slice(7 * 24))).toBe(0);
});
