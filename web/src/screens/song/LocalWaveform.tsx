import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { clock } from "@/i18n/format";
import { usePlaying, useSongClock } from "@/media/song-clock";
import { flawOfSound, readSong } from "@/media/song-file";
import { Time } from "@/media/Time";
import { Waveform } from "@/media/Waveform";
import { song } from "@/messages/song";
import { Skeleton } from "@/ui/Skeleton";

/** The song of a file, read in the browser: a waveform to look at and listen to. */
export function useLocalSong(file: File | null) {
  return useQuery({
    queryKey: ["local-song", file?.name, file?.size, file?.lastModified],
    enabled: file !== null,
    queryFn: () => readSong(file as File),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    networkMode: "always",
  });
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
  const flaw = read.isError ? "unreadable" : read.data ? flawOfSound(read.data) : null;
  return (
    <div>
      {read.isPending && (
        <div role="status" aria-label={song.reading}>
          <Skeleton className="h-28 w-full" />
        </div>
      )}
      {read.data && player && (
        <Waveform label={song.waveform} peaks={read.data.peaks} seconds={read.data.seconds} clock={player} />
      )}
      {flaw && (
        <p role="alert" className="flex items-center gap-2 py-2 text-sm text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {song.flaw[flaw]}
        </p>
      )}
      {read.data && (
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
            <Time clock={player} className="text-fg" /> / <span className="tnum">{clock(read.data.seconds)}</span>
          </span>
        </div>
      )}
    </div>
  );
}
