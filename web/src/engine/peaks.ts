/**
 * The waveform as a pyramid of maxima. The server sends bytes at 100 a second; each level up has half as many, so that a
 * bar on the screen costs one or two reads at any zoom.
 */

export class PeaksPyramid {
  readonly rate: number;
  readonly levels: readonly Uint8Array[];

  constructor(finest: ArrayLike<number>, rate: number, levels = 8) {
    const pyramid: Uint8Array[] = [Uint8Array.from(finest)];
    while (pyramid.length < levels && (pyramid.at(-1) as Uint8Array).length > 1) {
      pyramid.push(halved(pyramid.at(-1) as Uint8Array));
    }
    this.rate = rate;
    this.levels = pyramid;
  }

  /** The loudest moment between two times, 0–255. */
  max(from: number, to: number): number {
    const finest = this.levels[0] as Uint8Array;
    if (finest.length === 0 || to <= from) return 0;
    const span = (to - from) * this.rate;
    const level = Math.min(this.levels.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, span)))));
    const values = this.levels[level] as Uint8Array;
    const perSecond = this.rate / 2 ** level;
    const first = Math.max(0, Math.floor(from * perSecond));
    const last = Math.min(values.length, Math.max(first + 1, Math.ceil(to * perSecond - 1e-9)));
    let loudest = 0;
    for (let index = first; index < last; index += 1) {
      const value = values[index] as number;
      if (value > loudest) loudest = value;
    }
    return loudest;
  }
}

function halved(values: Uint8Array): Uint8Array {
  const half = new Uint8Array(Math.ceil(values.length / 2));
  for (let index = 0; index < half.length; index += 1) {
    half[index] = Math.max(values[index * 2] as number, values[index * 2 + 1] ?? 0);
  }
  return half;
}
