import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ear, MicVocal, RefreshCw } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { api, ifMatch } from "@/api/client";
import { ErrandProgress } from "@/buying/ErrandProgress";
import { useErrand } from "@/buying/use-errand";
import { whileSaving } from "@/frame/TopBar";
import type { SongClock } from "@/media/song-clock";
import { analysis } from "@/messages/analysis";
import { type LyricLine, lyricsQuery, moveLine, rewordLine, settled } from "@/project/lyrics";
import { type ProjectView, projectQuery } from "@/project/project";
import { Button, buttonStyles } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { toast } from "@/ui/toasts";
import { LyricRow } from "./LyricRow";

const TranscribeDialog = lazy(() =>
  import("./TranscribeDialog").then((module) => ({ default: module.TranscribeDialog })),
);

interface LyricsPanelProps {
  readonly project: ProjectView;
  readonly clock: SongClock | null;
  readonly editable: boolean;
}

export function LyricsPanel({ project, clock, editable }: LyricsPanelProps) {
  const queries = useQueryClient();
  const lyrics = useQuery(lyricsQuery(project.id));
  const [edited, setEdited] = useState<readonly LyricLine[] | null>(null);
  const [asking, setAsking] = useState(false);
  const [hearing, setHearing] = useState(false);
  const lines = edited ?? lyrics.data?.lines ?? [];
  const sung = useSungLine(clock, lines);
  const path = { id: project.id };
  const header = { "If-Match": ifMatch(project.version) };
  const done = async () => {
    setEdited(null);
    setAsking(false);
    await Promise.all([
      queries.invalidateQueries({ queryKey: lyricsQuery(project.id).queryKey }),
      queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
    ]);
  };
  const errand = useErrand({
    project: project.id,
    kind: "transcribe",
    onDone: () => {
      toast(analysis.heardLyrics, { tone: "ok" });
      void done();
    },
  });
  const listen = editable && !edited && !errand.running && lyrics.isSuccess && (
    <Button
      size={lines.length > 0 ? "sm" : "lg"}
      tone={lines.length > 0 ? "quiet" : "plain"}
      icon={<Ear aria-hidden className="size-3.5" />}
      onClick={() => setHearing(true)}
    >
      {lines.length > 0 ? analysis.hearTimes : analysis.hearWords}
    </Button>
  );
  const save = useMutation({
    mutationFn: (settledLines: LyricLine[]) =>
      whileSaving(api.PUT("/api/projects/{id}/lyrics", { params: { path, header }, body: { lines: settledLines } })),
    onSuccess: done,
  });
  const align = useMutation({
    mutationFn: (all: boolean) =>
      whileSaving(api.POST("/api/projects/{id}/lyrics/align", { params: { path, header, query: { all } } })),
    onSuccess: async () => {
      await done();
      toast(analysis.realigned, { tone: "ok" });
    },
  });

  function store() {
    const ready = settled(lines);
    if (ready) save.mutate(ready);
    else toast(analysis.overlap, { tone: "danger" });
  }

  function change(index: number, line: LyricLine | null) {
    setEdited(line ? lines.map((other, at) => (at === index ? line : other)) : lines.filter((_, at) => at !== index));
  }

  return (
    <section aria-labelledby="lyrics" className="flex max-h-[36rem] flex-col rounded-xl bg-panel ring-line">
      <header className="flex flex-wrap items-center gap-2 px-4 pt-4 sm:px-5">
        <h3 id="lyrics" className="flex-1 font-semibold text-base">
          {analysis.lyrics}
        </h3>
        {edited ? (
          <>
            <Button size="sm" tone="quiet" onClick={() => setEdited(null)}>
              {analysis.revert}
            </Button>
            <Button size="sm" tone="main" busy={save.isPending} onClick={store}>
              {analysis.saveLyrics}
            </Button>
          </>
        ) : (
          editable &&
          lines.length > 0 && (
            <>
              {listen}
              <Button
                size="sm"
                tone="quiet"
                icon={<RefreshCw aria-hidden className="size-3.5" />}
                onClick={() => setAsking(true)}
              >
                {analysis.realign}
              </Button>
            </>
          )
        )}
      </header>
      {lines.length > 0 && <p className="px-4 pt-1 pb-2 text-fg-3 text-xs sm:px-5">{analysis.lyricsHint}</p>}
      {(save.isError || align.isError) && (
        <ErrorPanel compact error={save.error ?? align.error} className="mx-4 mb-2" />
      )}
      <ErrandProgress errand={errand} text={analysis.hearing} className="mx-4 mb-2" />
      {lyrics.isPending && (
        <Loading>
          <div className="flex flex-col gap-2 p-5">
            <Skeleton className="h-7" />
            <Skeleton className="h-7" />
            <Skeleton className="h-7" />
          </div>
        </Loading>
      )}
      {lyrics.isError && <ErrorPanel error={lyrics.error} onRetry={() => lyrics.refetch()} className="mx-4" />}
      {lyrics.isSuccess && lines.length === 0 && !edited && (
        <Empty
          icon={<MicVocal />}
          title={analysis.noLyrics}
          text={analysis.noLyricsText}
          action={
            editable && (
              <span className="flex flex-wrap justify-center gap-2">
                <Link to="/p/$id/song" params={path} className={buttonStyles({ size: "lg" })}>
                  {analysis.addLyrics}
                </Link>
                {listen}
              </span>
            )
          }
        />
      )}
      <ol className="min-h-0 overflow-y-auto pb-2">
        {lines.map((line, index) => (
          <LyricRow
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity, and keep their place while edited
            key={index}
            line={line}
            number={index + 1}
            sung={index === sung}
            editable={editable}
            onSeek={() => clock?.seek(line.start)}
            onStartHere={() => clock && change(index, moveLine(line, clock.time))}
            onNudge={(by) => change(index, moveLine(line, line.start + by))}
            onText={(text) => change(index, rewordLine(line, text))}
            onRemove={() => change(index, null)}
          />
        ))}
      </ol>
      {hearing && (
        <Suspense>
          <TranscribeDialog
            project={project.id}
            written={lines.length > 0}
            onClose={() => setHearing(false)}
            onOrdered={errand.watch}
          />
        </Suspense>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={analysis.realignAllTitle}
        description={analysis.realignAllText}
        action={analysis.realign}
        busy={align.isPending}
        onConfirm={() => align.mutate(true)}
      />
    </section>
  );
}

/** Index of the line that is sung now, changing only when it does. */
function useSungLine(clock: SongClock | null, lines: readonly LyricLine[]): number {
  const [sung, setSung] = useState(-1);
  const latest = useRef(lines);
  latest.current = lines;
  useEffect(
    () =>
      clock?.subscribe((time) => setSung(latest.current.findIndex((line) => time >= line.start && time < line.end))),
    [clock],
  );
  return sung;
}
