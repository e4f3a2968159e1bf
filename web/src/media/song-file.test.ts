import { expect, test } from "vitest";
import { flawOfFile, flawOfSound, LARGEST_SONG, peaksOf } from "./song-file";

test("peaks are the largest magnitude of each hundredth of a second, over all channels", () => {
  const left = new Float32Array(1_000);
  const right = new Float32Array(1_000);
  left[15] = 0.5;
  right[995] = -1;
  const peaks = peaksOf([left, right], 1_000);
  expect(peaks).toHaveLength(100);
  expect(Array.from(peaks).flatMap((peak, index) => (peak > 0 ? [[index, peak]] : []))).toEqual([
    [1, 128],
    [99, 255],
  ]);
});

test("files that no server would take are told at once", () => {
  expect(flawOfFile(new File(["x"], "song.mp3", { type: "audio/mpeg" }))).toBeNull();
  expect(flawOfFile(new File(["x"], "SONG.FLAC"))).toBeNull();
  expect(flawOfFile(new File(["x"], "photo.png", { type: "image/png" }))).toBe("type");
  expect(flawOfFile(new File([], "song.wav", { type: "audio/wav" }))).toBe("empty");
  const large = new File(["x"], "song.wav", { type: "audio/wav" });
  Object.defineProperty(large, "size", { value: LARGEST_SONG + 1 });
  expect(flawOfFile(large)).toBe("large");
});

test("silence and endless songs are told after reading", () => {
  expect(flawOfSound({ peaks: new Uint8Array(500), seconds: 5 })).toBe("silent");
  expect(flawOfSound({ peaks: Uint8Array.of(0, 90), seconds: 1_201 })).toBe("long");
  expect(flawOfSound({ peaks: Uint8Array.of(0, 90), seconds: 200 })).toBeNull();
});
