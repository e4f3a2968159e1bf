import { expect, it } from "vitest";
import { parseSprites, spriteAt } from "./sprites";

// As the server wrote it for the sample song's film.
const TRACK = `WEBVTT

00:00:00.000 --> 00:00:02.000
film.sprites.jpg#xywh=0,0,160,90

00:01:02.000 --> 00:01:04.500
film.sprites.jpg#xywh=160,90,160,90
`;

it("reads where each picture lies on the sheet", () => {
  const sprites = parseSprites(TRACK);
  expect(sprites).toEqual([
    { start: 0, end: 2, x: 0, y: 0, width: 160, height: 90 },
    { start: 62, end: 64.5, x: 160, y: 90, width: 160, height: 90 },
  ]);
  const sheet = { image: "sheet.jpg", sprites };
  expect(spriteAt(sheet, 1)?.x).toBe(0);
  expect(spriteAt(sheet, 99)?.x).toBe(160);
  expect(spriteAt({ image: "", sprites: [] }, 1)).toBeNull();
  expect(parseSprites("WEBVTT")).toEqual([]);
});
