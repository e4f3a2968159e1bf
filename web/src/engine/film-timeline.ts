/** Film time, as the server lays it out (`Timeline::of`): boundaries as whole frames, and what transitions take of both sides. */

export interface FilmScene {
  readonly timestamp_start: number;
  readonly config: { readonly transition: { readonly kind: string; readonly beats: number } };
}

export interface SceneSpan {
  readonly start: number;
  readonly end: number;
  /** Frames that the seams at its start and at its end take from this side. */
  readonly head: number;
  readonly tail: number;
}

/** The frame of an absolute time: lengths are differences of these, so that nothing drifts. */
export function frameAt(seconds: number, fps: number): number {
  return Math.round(seconds * fps);
}

export function filmSpans(scenes: readonly FilmScene[], duration: number, tempo: number, fps: number): SceneSpan[] {
  const total = Math.max(1, frameAt(duration, fps));
  const bounds = [...scenes.map((scene) => frameAt(scene.timestamp_start, fps)), total];
  const spans = scenes.map((_, index) => ({
    start: bounds[index] as number,
    end: bounds[index + 1] as number,
    head: 0,
    tail: 0,
  }));
  for (let index = 1; index < spans.length; index += 1) {
    const { kind, beats } = (scenes[index] as FilmScene).config.transition;
    if (kind === "cut") continue;
    const before = spans[index - 1] as (typeof spans)[number];
    const here = spans[index] as (typeof spans)[number];
    const wished = frameAt((60 / tempo) * beats, fps);
    const shorter = Math.min(before.end - before.start, here.end - here.start);
    const half = Math.floor(Math.min(wished, Math.floor(shorter / 3)) / 2);
    before.tail = half;
    here.head = half;
  }
  return spans;
}

/** Seconds that a scene's clip must cover: the scene and both its seams. */
export function clipSeconds({ start, end, head, tail }: SceneSpan, fps: number): number {
  return (end + tail - (start - head)) / fps;
}

/**
 * Where in a scene's segment file a song time is. The file holds the frames that show this scene alone; during a seam its
 * first or last one is the nearest there is.
 */
export function segmentTime({ start, end, head, tail }: SceneSpan, fps: number, time: number): number {
  const first = (start + head) / fps;
  const length = (end - tail - (start + head)) / fps;
  return Math.min(Math.max(0, length - 1 / fps), Math.max(0, time - first));
}
