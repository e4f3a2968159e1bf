// A song as a picture of its pitches over time, made in the browser: what is heard in it, at a glance.

const RATE = 16_000;
const WINDOW = 1024;
const LOWEST_HZ = 50;
const HIGHEST_HZ = 7_600;
/** Quieter than this below the loudest is silence. */
const RANGE_DB = 72;

/** Decodes a song into one channel at a rate that is enough to look at. */
export async function decodeSong(address: string, signal: AbortSignal): Promise<Float32Array> {
  const response = await fetch(here(address), { signal });
  if (!response.ok) throw new Error(`the song answered with ${response.status}`);
  const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await response.arrayBuffer());
  const mono = new Float32Array(decoded.length);
  for (let channel = 0; channel < decoded.numberOfChannels; channel += 1) {
    const samples = decoded.getChannelData(channel);
    for (let index = 0; index < mono.length; index += 1) {
      mono[index] = (mono[index] ?? 0) + (samples[index] ?? 0) / decoded.numberOfChannels;
    }
  }
  return mono;
}

/** The server's own files by their path: it may name another address of its own than the page was opened at. */
function here(address: string): string {
  const { pathname, search } = new URL(address, location.origin);
  return pathname.startsWith("/files/") ? pathname + search : address;
}

/** Loudness from 0 to 255 by column and row, the lowest row first: `rows` steps of equal interval. */
export function spectrogram(samples: Float32Array, columns: number, rows: number): Uint8Array {
  const bins = rowBins(rows);
  const window = Float32Array.from(
    { length: WINDOW },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / WINDOW),
  );
  const power = new Float32Array(columns * rows);
  const [real, imaginary] = [new Float32Array(WINDOW), new Float32Array(WINDOW)];
  let loudest = 1e-12;
  for (let column = 0; column < columns; column += 1) {
    const middle = Math.floor(((column + 0.5) / columns) * samples.length);
    for (let index = 0; index < WINDOW; index += 1) {
      real[index] = (samples[middle - WINDOW / 2 + index] ?? 0) * (window[index] ?? 0);
    }
    imaginary.fill(0);
    transform(real, imaginary);
    for (let row = 0; row < rows; row += 1) {
      const [from, to] = bins[row] as readonly [number, number];
      let most = 0;
      for (let bin = from; bin < to; bin += 1)
        most = Math.max(most, (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2);
      power[column * rows + row] = most;
      loudest = Math.max(loudest, most);
    }
  }
  return Uint8Array.from(power, (value) => {
    const decibels = 10 * Math.log10(Math.max(value, 1e-20) / loudest);
    return Math.round(255 * Math.max(0, 1 + decibels / RANGE_DB));
  });
}

/** The bins of each row; every row has at least one. */
function rowBins(rows: number): readonly (readonly [number, number])[] {
  const bin = (row: number) => (LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (row / rows) * WINDOW) / RATE;
  return Array.from({ length: rows }, (_, row) => {
    const from = Math.floor(bin(row));
    return [from, Math.max(from + 1, Math.ceil(bin(row + 1)))];
  });
}

/** The Fourier transform in place, for lengths that are powers of two (Cooley and Tukey). */
export function transform(real: Float32Array, imaginary: Float32Array): void {
  const length = real.length;
  for (let index = 1, mirrored = 0; index < length; index += 1) {
    let bit = length >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (index < mirrored) {
      [real[index], real[mirrored]] = [real[mirrored] ?? 0, real[index] ?? 0];
      [imaginary[index], imaginary[mirrored]] = [imaginary[mirrored] ?? 0, imaginary[index] ?? 0];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    const turn = (-2 * Math.PI) / size;
    for (let start = 0; start < length; start += size) {
      for (let step = 0; step < size / 2; step += 1) {
        const [cos, sin] = [Math.cos(turn * step), Math.sin(turn * step)];
        const [a, b] = [start + step, start + step + size / 2];
        const x = (real[b] ?? 0) * cos - (imaginary[b] ?? 0) * sin;
        const y = (real[b] ?? 0) * sin + (imaginary[b] ?? 0) * cos;
        real[b] = (real[a] ?? 0) - x;
        imaginary[b] = (imaginary[a] ?? 0) - y;
        real[a] = (real[a] ?? 0) + x;
        imaginary[a] = (imaginary[a] ?? 0) + y;
      }
    }
  }
}
