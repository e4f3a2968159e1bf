import { Link } from "@tanstack/react-router";
import { ArrowRight, AudioLines, CircleAlert, Hand, Music4, Pause, Play } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { clock as clockText } from "@/i18n/format";
import { useCommands } from "@/keys/shortcuts";
import { clickAlong } from "@/media/metronome";
import { usePlaying, useSongClock, useSteadyUrl } from "@/media/song-clock";
import { Time } from "@/media/Time";
import { compareTempo, tapped, tempoOf } from "@/media/tap-tempo";
import { Waveform } from "@/media/Waveform";
import { analysis } from "@/messages/analysis";
import { type SongAnalysis, sectionColor, usePeaks } from "@/project/analysis";
import { sectionsOfScenes } from "@/project/plan";
import { mayEdit, type ProjectView, type SceneView } from "@/project/project";
import { Boundary } from "@/ui/Boundary";
import { Button, buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Skeleton } from "@/ui/Skeleton";
import { BeatStrip } from "./BeatStrip";
import { Corrections } from "./Corrections";
import { Facts } from "./Facts";
import { LyricsPanel } from "./LyricsPanel";
import { SectionBlocks } from "./SectionBlocks";
import { SectionTable } from "./SectionTable";

const SpectrogramLayer = lazy(() =>
  import("@/media/SpectrogramLayer").then((module) => ({ default: module.SpectrogramLayer })),
);

interface HeardProps {
  readonly project: ProjectView;
  readonly scenes: readonly SceneView[];
  readonly heard: SongAnalysis;
}

const OVERVIEW_LEVEL = 2;

/** What was heard, to look at, listen to and put right. */
export function Heard({ project, scenes, heard }: HeardProps) {
  const player = useSongClock(useSteadyUrl(project.audio_url ?? null));
  const playing = usePlaying(player);
  const overview = usePeaks(project.id, OVERVIEW_LEVEL, true);
  const fine = usePeaks(project.id, 0, true);
  const [clicking, setClicking] = useState(false);
  const [pitches, setPitches] = useState(false);
  const [taps, setTaps] = useState<readonly number[]>([]);
  const sections = useMemo(() => sectionsOfScenes(scenes), [scenes]);
  const tints = useMemo(
    () => sections.map(({ start, end, kind }) => ({ start, end, color: resolved(sectionColor(kind)) })),
    [sections],
  );
  const editable = mayEdit(project);

  useEffect(() => {
    if (clicking && player) return clickAlong(player, heard.beats, heard.downbeats);
  }, [clicking, player, heard]);

  function jump(by: number) {
    if (!player) return;
    const beat = heard.beats.findIndex((time) => time > player.time + 0.02);
    const here = beat < 0 ? heard.beats.length : beat;
    player.seek(heard.beats[Math.max(0, here - 1 + by)] ?? 0);
  }

  const tap = () => setTaps((before) => tapped(before, performance.now()));
  useCommands([
    {
      id: "play",
      label: playing ? analysis.pause : analysis.play,
      group: analysis.title,
      keys: "space k",
      run: () => player?.toggle(),
    },
    { id: "tap", label: analysis.tap, group: analysis.title, keys: "t", run: tap },
    {
      id: "metronome",
      label: analysis.metronome,
      group: analysis.title,
      keys: "m",
      run: () => setClicking((on) => !on),
    },
    { id: "beat-back", label: "−1", group: analysis.title, keys: "left", keysOnly: true, run: () => jump(-1) },
    { id: "beat-on", label: "+1", group: analysis.title, keys: "right", keysOnly: true, run: () => jump(1) },
  ]);
  const tempo = tempoOf(taps);
  const verdict = tempo === null ? null : compareTempo(tempo, heard.tempo);
  const verdicts = {
    same: analysis.tapSame,
    double: analysis.tapDouble,
    half: analysis.tapHalf,
    other: analysis.tapOther,
  };
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-center gap-3">
        <h2 className="font-semibold text-xl">{analysis.title}</h2>
        <span className="flex-1" />
        <Link to={`/p/${project.id}/cast` as string} className={buttonStyles({ tone: "main", size: "lg" })}>
          {analysis.looksRight}
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      </header>
      <Facts heard={heard} />
      {editable && (
        <Boundary>
          <Corrections project={project} heard={heard} clock={player} tapped={verdict === "same" ? null : tempo} />
        </Boundary>
      )}
      <section className="rounded-xl bg-panel p-4 ring-line sm:p-5">
        <SectionBlocks sections={sections} seconds={heard.duration} onSeek={(time) => player?.seek(time)} />
        {overview.isError && <ErrorPanel compact error={overview.error} onRetry={() => overview.refetch()} />}
        {overview.data && player ? (
          <Waveform
            label={analysis.waveform}
            peaks={overview.data.peaks}
            seconds={heard.duration}
            tints={tints}
            clock={player}
          />
        ) : (
          <Skeleton className="h-28 w-full" />
        )}
        {pitches && project.audio_url && (
          <Suspense fallback={<Skeleton className="mt-2 h-24 w-full" />}>
            <SpectrogramLayer project={project.id} address={project.audio_url} />
          </Suspense>
        )}
        {fine.data && player ? (
          <BeatStrip peaks={fine.data.peaks} heard={heard} tints={tints} clock={player} />
        ) : (
          <Skeleton className="mt-3 h-24 w-full" />
        )}
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <button
            type="button"
            aria-label={playing ? analysis.pause : analysis.play}
            onClick={player?.toggle}
            className="flex size-10 items-center justify-center rounded-full bg-fg text-canvas transition-transform duration-[120ms] hover:scale-105"
          >
            {playing ? (
              <Pause aria-hidden className="size-4.5 fill-current" />
            ) : (
              <Play aria-hidden className="size-4.5 translate-x-px fill-current" />
            )}
          </button>
          <span className="mr-2 text-fg-3">
            <Time clock={player} exact className="font-medium text-base text-fg" /> /{" "}
            <span className="tnum">{clockText(heard.duration)}</span>
          </span>
          <IconButton
            label={analysis.metronome}
            keys="m"
            aria-pressed={clicking}
            onClick={() => setClicking(!clicking)}
          >
            <Music4 aria-hidden />
          </IconButton>
          <IconButton label={analysis.spectrogram} aria-pressed={pitches} onClick={() => setPitches(!pitches)}>
            <AudioLines aria-hidden />
          </IconButton>
          <Button size="md" icon={<Hand aria-hidden className="size-4" />} onClick={tap}>
            {analysis.tap}
          </Button>
          <span aria-live="polite" className="flex items-center gap-2 text-fg-2 text-xs">
            {tempo === null || verdict === null ? (
              analysis.tapHint
            ) : (
              <>
                <span className="tnum text-fg">{analysis.tapped({ bpm: tempo.toFixed(1) })}</span>
                <span className={verdict === "same" ? "text-ok" : "text-warn"}>{verdicts[verdict]}</span>
              </>
            )}
          </span>
        </div>
        {player?.failed && (
          <p role="alert" className="mt-2 flex items-center gap-2 text-danger">
            <CircleAlert aria-hidden className="size-4" />
            {analysis.failed}
          </p>
        )}
      </section>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
        <Boundary>
          <SectionTable project={project} heard={heard} sections={sections} clock={player} editable={editable} />
        </Boundary>
        <Boundary>
          <LyricsPanel project={project} clock={player} editable={editable} />
        </Boundary>
      </div>
    </div>
  );
}

/** A canvas knows no CSS variables: the colour they stand for now. */
function resolved(color: string): string {
  const name = /^var\((.+)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name) || color : color;
}
