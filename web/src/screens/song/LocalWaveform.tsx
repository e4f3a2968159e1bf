import { CircleAlert, Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { clock } from "@/i18n/format";
import { usePlaying, useSongClock } from "@/media/song-clock";
import { flawOfSound, type LocalSong, readSong } from "@/media/song-file";
import { Time } from "@/media/Time";
import { Waveform } from "@/media/Waveform";
import { song } from "@/messages/song";
import { Skeleton } from "@/ui/Skeleton";

interface Reading {
  readonly file: File;
  readonly song: LocalSong | null;
}

const NOT_READ = { song: null, reading: false, failed: false } as const;

/** The song of a file, read in the browser: its waveform, to look at and listen to. */
export function useLocalSong(file: File | null): {
  readonly song: LocalSong | null;
  readonly reading: boolean;
  readonly failed: boolean;
} {
  const [read, setRead] = useState<Reading | null>(null);
  useEffect(() => {
    if (!file) return;
    let wanted = true;
    readSongOnce(file).then(
      (song) => wanted && setRead({ file, song }),
      () => wanted && setRead({ file, song: null }),
    );
    return () => {
      wanted = false;
    };
  }, [file]);
  if (!file) return NOT_READ;
  if (read?.file !== file) return { song: null, reading: true, failed: false };
  return { song: read.song, reading: false, failed: read.song === null };
}

const songs = new WeakMap<File, Promise<LocalSong>>();

/** Several parts of a page may ask for the same file. */
function readSongOnce(file: File): Promise<LocalSong> {
  const known = songs.get(file) ?? readSong(file);
  songs.set(file, known);
  return known;
}

function useObjectUrl(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}

export function LocalWaveform({ file }: { readonly file: File }) {
  const read = useLocalSong(file);
  const player = useSongClock(useObjectUrl(file));
  const playing = usePlaying(player);
  const flaw = read.failed ? "unreadable" : read.song ? flawOfSound(read.song) : null;
  return (
    <div>
      {read.reading && (
        <div role="status" aria-label={song.reading}>
          <Skeleton className="h-28 w-full" />
        </div>
      )}
      {read.song && player && (
        <Waveform label={song.waveform} peaks={read.song.peaks} seconds={read.song.seconds} clock={player} />
      )}
      {flaw && (
        <p role="alert" className="flex items-center gap-2 py-2 text-sm text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {song.flaw[flaw]}
        </p>
      )}
      {read.song && (
        <div className="mt-2 flex items-center gap-3">
          <button
            type="button"
            aria-label={playing ? song.pause : song.play}
            onClick={player?.toggle}
            className="flex size-9 items-center justify-center rounded-full bg-fg text-canvas transition-transform duration-[120ms] hover:scale-105"
          >
            {playing ? (
              <Pause aria-hidden className="size-4 fill-current" />
            ) : (
              <Play aria-hidden className="size-4 translate-x-px fill-current" />
            )}
          </button>
          <span className="text-fg-3 text-xs">
            <Time clock={player} className="text-fg" /> / <span className="tnum">{clock(read.song.seconds)}</span>
          </span>
        </div>
      )}
    </div>
  );
}
