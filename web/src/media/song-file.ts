// Reading a song in the browser, so that its waveform stands on the screen before the upload has begun.

export const LARGEST_SONG = 50 * 1024 * 1024;
const LONGEST_SONG = 20 * 60;
/** Peaks a second, as the server has them. */
const PEAK_RATE = 100;
const SILENT = 2;

export interface LocalSong {
  /** Largest magnitude of each hundredth of a second, 0–255. */
  readonly peaks: Uint8Array;
  readonly seconds: number;
}

export type SongFlaw = "type" | "large" | "empty" | "long" | "silent" | "unreadable";

const ENDINGS = /\.(mp3|wav|wave|flac|aac|m4a|mp4|ogg|oga)$/i;

/** What can be said of a file without reading it. */
export function flawOfFile(file: File): SongFlaw | null {
  if (!file.type.startsWith("audio/") && !ENDINGS.test(file.name)) return "type";
  if (file.size === 0) return "empty";
  return file.size > LARGEST_SONG ? "large" : null;
}

/** Flaws that the server would refuse, too. One that this browser merely cannot read, it may still take. */
export function isFatal(flaw: SongFlaw): boolean {
  return flaw !== "unreadable" && flaw !== "silent";
}

export function flawOfSound(song: LocalSong): SongFlaw | null {
  if (song.seconds > LONGEST_SONG) return "long";
  return song.peaks.every((peak) => peak < SILENT) ? "silent" : null;
}

/** Decodes the file and measures its peaks. Rejects when this browser cannot read it. */
export async function readSong(file: Blob): Promise<LocalSong> {
  // A low rate is enough for a drawing and takes a fifth of the memory.
  const context = new OfflineAudioContext(1, 1, 8_000);
  const sound = await context.decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel));
  return { peaks: peaksOf(channels, sound.sampleRate), seconds: sound.duration };
}

export function peaksOf(channels: readonly Float32Array[], rate: number): Uint8Array {
  const samples = channels[0]?.length ?? 0;
  const peaks = new Uint8Array(Math.ceil((samples / rate) * PEAK_RATE));
  for (let index = 0; index < peaks.length; index += 1) {
    const end = Math.min(samples, Math.floor(((index + 1) * rate) / PEAK_RATE));
    let largest = 0;
    for (const channel of channels) {
      for (let at = Math.floor((index * rate) / PEAK_RATE); at < end; at += 1) {
        const magnitude = Math.abs(channel[at] ?? 0);
        if (magnitude > largest) largest = magnitude;
      }
    }
    peaks[index] = Math.min(255, Math.round(largest * 255));
  }
  return peaks;
}
