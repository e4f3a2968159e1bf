// Clicks on a song's beats while it plays, scheduled by the audio clock so that they sit on the beat.

import type { SongClock } from "./song-clock";

const AHEAD = 0.12;
const DOWNBEAT_HZ = 1_760;
const BEAT_HZ = 1_175;
const CLICK = 0.045;
const VOLUME = 0.35;

/** Starts to click; call the answer to stop. */
export function clickAlong(song: SongClock, beats: readonly number[], downbeats: readonly number[]): () => void {
  const context = new AudioContext();
  const strong = new Set(downbeats);
  let reached = song.time;
  const stop = song.subscribe((time) => {
    // A jump, or playing backwards, begins anew from there.
    if (time < reached - AHEAD || time > reached + 2 * AHEAD) reached = time;
    if (!song.playing) return;
    void context.resume();
    const end = time + AHEAD;
    for (const beat of beats) {
      if (beat >= end) break;
      if (beat >= Math.max(reached, time))
        click(context, context.currentTime + (beat - time) / song.rate, strong.has(beat));
    }
    reached = Math.max(reached, end);
  });
  return () => {
    stop();
    void context.close();
  };
}

function click(context: AudioContext, at: number, strong: boolean): void {
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.frequency.value = strong ? DOWNBEAT_HZ : BEAT_HZ;
  level.gain.setValueAtTime(VOLUME, at);
  level.gain.exponentialRampToValueAtTime(0.001, at + CLICK);
  tone.connect(level).connect(context.destination);
  tone.start(at);
  tone.stop(at + CLICK);
}
