import { Link, useParams } from "@tanstack/react-router";
import { ArrowRight, Pause, Play } from "lucide-react";
import { clock as clockText, formatBytes } from "@/i18n/format";
import { usePlaying, useSongClock, useSteadyUrl } from "@/media/song-clock";
import { Time } from "@/media/Time";
import { Waveform } from "@/media/Waveform";
import { song } from "@/messages/song";
import { analysisOf, usePeaks } from "@/project/analysis";
import { mayEdit, useProject } from "@/project/project";
import { Boundary } from "@/ui/Boundary";
import { buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Skeleton } from "@/ui/Skeleton";
import { ProjectLyrics } from "./ProjectLyrics";
import { SongDetails } from "./SongDetails";

const OVERVIEW_LEVEL = 2;

/** The song of a project: to listen to, to name, to give its lyrics. */
export function SongScreen() {
  const { id } = useParams({ from: "/p/$id/song" });
  const { project } = useProject(id);
  const heard = analysisOf(project);
  const player = useSongClock(useSteadyUrl(project.audio_url ?? null));
  const playing = usePlaying(player);
  const peaks = usePeaks(id, OVERVIEW_LEVEL, heard !== null);
  const seconds = project.audio_duration_seconds ?? heard?.duration ?? null;
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-center gap-3">
        <h2 className="min-w-0 flex-1 truncate font-semibold text-xl">{project.title}</h2>
        <Link to="/p/$id/analysis" params={{ id }} className={buttonStyles({ tone: "main", size: "lg" })}>
          {heard ? song.openAnalysis : song.analyse}
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      </header>
      <section className="rounded-xl bg-panel p-4 ring-line sm:p-5">
        {peaks.isError && <ErrorPanel compact error={peaks.error} onRetry={() => peaks.refetch()} />}
        {heard &&
          (peaks.data && player && seconds ? (
            <Waveform label={song.waveform} peaks={peaks.data.peaks} seconds={seconds} clock={player} />
          ) : (
            <Skeleton className="h-28 w-full" />
          ))}
        <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
          <button
            type="button"
            aria-label={playing ? song.pause : song.play}
            onClick={player?.toggle}
            className="flex size-10 items-center justify-center rounded-full bg-fg text-canvas transition-transform duration-[120ms] hover:scale-105"
          >
            {playing ? (
              <Pause aria-hidden className="size-4.5 fill-current" />
            ) : (
              <Play aria-hidden className="size-4.5 translate-x-px fill-current" />
            )}
          </button>
          <span className="text-fg-3">
            <Time clock={player} className="text-fg" /> /{" "}
            <span className="tnum">{seconds === null ? "–" : clockText(seconds)}</span>
          </span>
          <span className="flex-1" />
          <span className="tnum truncate text-fg-3 text-xs">
            {project.audio_filename}
            {typeof project.audio_size_bytes === "number" && ` · ${formatBytes(project.audio_size_bytes)}`}
          </span>
        </div>
        {player?.failed && (
          <p role="alert" className="mt-2 text-danger">
            {song.noSongAudio}
          </p>
        )}
      </section>
      <Boundary>
        <SongDetails project={project} editable={mayEdit(project)} />
      </Boundary>
      <Boundary>
        <ProjectLyrics project={project} heard={heard !== null} editable={mayEdit(project)} />
      </Boundary>
    </div>
  );
}
