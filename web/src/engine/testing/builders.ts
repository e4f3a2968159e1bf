/** Songs and scenes for tests of the engine. */

import type { EditableScene } from "../scene-ops";
import { SongGrid } from "../song-grid";

/** A steady song in four-four: two sections, the second from the middle bar on. */
export function steadySong(bars = 16, tempo = 120, offset = 0): SongGrid {
  const period = 60 / tempo;
  const beats = Array.from({ length: bars * 4 }, (_, index) => offset + index * period);
  const downbeats = beats.filter((_, index) => index % 4 === 0);
  const duration = offset + bars * 4 * period;
  const middle = downbeats[Math.floor(bars / 2)] as number;
  return new SongGrid({
    duration,
    tempo,
    beatsPerBar: 4,
    beats,
    downbeats,
    sections: [
      { kind: "verse", start: 0, end: middle },
      { kind: "chorus", start: middle, end: duration },
    ],
  });
}

export interface TestScene extends EditableScene {
  readonly config: { readonly title: string; readonly transition: { readonly kind: string; readonly beats: number } };
}

export function scenesAt(starts: readonly number[], duration: number): TestScene[] {
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? duration;
    return {
      id: `scene-${index + 1}`,
      scene_number: index + 1,
      timestamp_start: start,
      timestamp_end: end,
      duration_seconds: end - start,
      description: `Scene ${index + 1}`,
      config: {
        title: `Title ${index + 1}`,
        transition: { kind: index === 1 ? "crossfade" : "cut", beats: index === 1 ? 1 : 0 },
      },
      locked: false,
      status: "video_ready",
      version: 1,
    };
  });
}
