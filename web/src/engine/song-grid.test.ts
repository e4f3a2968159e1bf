import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SongGrid } from "./song-grid";
import { steadySong } from "./testing/builders";

describe("SongGrid", () => {
  it("counts bars from the first downbeat", () => {
    const song = steadySong(8, 120, 0.25);
    expect(song.barBeat(0)).toEqual({ bar: 1, beat: 1 });
    expect(song.barBeat(0.25 + 0.5 * 5)).toEqual({ bar: 2, beat: 2 });
    expect(song.barBeat(0.25 + 0.5 * 5 - 0.01)).toEqual({ bar: 2, beat: 1 });
  });

  it("counts the pickup backwards from bar 1", () => {
    const beats = [0, 0.5, 1, 1.5, 2, 2.5];
    const song = new SongGrid({ duration: 4, tempo: 120, beatsPerBar: 4, beats, downbeats: [1], sections: [] });
    expect(song.barBeat(0)).toEqual({ bar: 0, beat: 3 });
    expect(song.barBeat(0.6)).toEqual({ bar: 0, beat: 4 });
    expect(song.barBeat(1)).toEqual({ bar: 1, beat: 1 });
  });

  it("runs on at the tempo after the last beat", () => {
    const song = steadySong(2, 120);
    expect(song.barBeat(3.5)).toEqual({ bar: 2, beat: 4 });
    expect(song.barBeat(4)).toEqual({ bar: 3, beat: 1 });
    expect(song.barBeat(4.6)).toEqual({ bar: 3, beat: 2 });
  });

  it("says whether a section comes more than once", () => {
    const sections = [
      { kind: "verse", start: 0, end: 4 },
      { kind: "chorus", start: 4, end: 8 },
      { kind: "verse", start: 8, end: 12 },
    ] as const;
    const song = new SongGrid({ duration: 12, tempo: 120, beatsPerBar: 4, beats: [], downbeats: [], sections });
    expect(song.sections.map((one) => [one.kind, one.number, one.repeats])).toEqual([
      ["verse", 1, true],
      ["chorus", 1, false],
      ["verse", 2, true],
    ]);
    expect(song.sectionAt(4)?.kind).toBe("chorus");
    expect(song.sectionAt(99)?.kind).toBe("verse");
  });

  it("turns times into beats and back, on songs that breathe too", () => {
    const intervals = fc.array(fc.double({ min: 0.2, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(intervals, fc.double({ min: 0, max: 1, noNaN: true }), (gaps, share) => {
        let at = 0.3;
        const beats = gaps.map((gap) => {
          at += gap;
          return at;
        });
        const duration = at + 2;
        const song = new SongGrid({ duration, tempo: 100, beatsPerBar: 4, beats, downbeats: [], sections: [] });
        const time = share * duration;
        expect(song.timeAt(song.beatAt(time))).toBeCloseTo(time, 6);
        for (const [index, beat] of beats.entries()) expect(song.beatAt(beat)).toBeCloseTo(index, 6);
        expect(song.shifted(beats[0] as number, 1)).toBeCloseTo(beats[1] as number, 6);
      }),
    );
  });
});
