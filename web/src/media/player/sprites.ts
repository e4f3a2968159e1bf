// The sheet of small pictures that shows where a scrubber points: times and places as the server's WebVTT track has them.

export interface Sprite {
  readonly start: number;
  readonly end: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SpriteSheet {
  readonly image: string;
  readonly sprites: readonly Sprite[];
}

const CUE = /(\d+):(\d+):(\d+(?:\.\d+)?)\s+-->\s+(\d+):(\d+):(\d+(?:\.\d+)?)\s*\n[^\n]*#xywh=(\d+),(\d+),(\d+),(\d+)/g;

export function parseSprites(track: string): Sprite[] {
  return Array.from(track.matchAll(CUE), (match) => {
    const [h1 = 0, m1 = 0, s1 = 0, h2 = 0, m2 = 0, s2 = 0, x = 0, y = 0, width = 0, height = 0] = match
      .slice(1)
      .map(Number);
    return { start: h1 * 3600 + m1 * 60 + s1, end: h2 * 3600 + m2 * 60 + s2, x, y, width, height };
  });
}

export function spriteAt(sheet: SpriteSheet, time: number): Sprite | null {
  return sheet.sprites.find((sprite) => time >= sprite.start && time < sprite.end) ?? sheet.sprites.at(-1) ?? null;
}
