import { useNavigate } from "@tanstack/react-router";
import {
  type CSSProperties,
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { $api } from "@/api/client";
import { useUser } from "@/api/session";
import { clipModel, limitsOf } from "@/engine/price";
import { studio } from "@/messages/studio";
import { useNotes } from "@/notes/use-notes";
import { usePlaying, useScenes, useSelectedScene, useStudio, useView } from "@/studio/context";
import { belongsTo } from "@/studio/inspector/belongs-to";
import { Inspector } from "@/studio/inspector/Inspector";
import type { InspectorTab } from "@/studio/inspector/tabs";
import { useCastChoices } from "@/studio/inspector/use-cast-choices";
import { lastConfig } from "@/studio/making/film-order";
import { useOrder } from "@/studio/making/use-order";
import { Rail } from "@/studio/Rail";
import { SaveNotices } from "@/studio/SaveNotices";
import { Splitter, useRememberedSize } from "@/studio/Splitter";
import { Storyboard } from "@/studio/Storyboard";
import { Stage } from "@/studio/stage/Stage";
import { VersionStrip } from "@/studio/stage/VersionStrip";
import { Timeline } from "@/studio/timeline/Timeline";
import { Transport } from "@/studio/timeline/Transport";
import { TimelineView } from "@/studio/timeline/timeline-view";
import { useSong, useSongPlayer } from "@/studio/use-song";
import { useStageVersion } from "@/studio/use-stage-version";
import { useStudioActions } from "@/studio/use-studio-actions";
import { useStudioKeys } from "@/studio/use-studio-keys";
import { Boundary } from "@/ui/Boundary";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { StudioTopBar } from "./StudioTopBar";
import type { StudioSearch } from "./search";
import { useWide } from "./use-wide";

// What opens on a click comes with the click.
const CostDialog = lazy(() => import("@/studio/making/CostDialog").then((module) => ({ default: module.CostDialog })));
const RegenerateDialog = lazy(() =>
  import("@/studio/making/RegenerateDialog").then((module) => ({ default: module.RegenerateDialog })),
);
const EditStillDialog = lazy(() =>
  import("@/studio/editing/EditStillDialog").then((module) => ({ default: module.EditStillDialog })),
);
const PolishDialog = lazy(() =>
  import("@/studio/inspector/PolishDialog").then((module) => ({ default: module.PolishDialog })),
);
const NotesTab = lazy(() => import("@/studio/inspector/NotesTab").then((module) => ({ default: module.NotesTab })));

/** The studio: board, stage, inspector and timeline around one song. */
export function StudioRoom({ search }: { readonly search: StudioSearch }) {
  const { session, project, canEdit } = useStudio();
  const user = useUser();
  const scene = useSelectedScene();
  const scenes = useScenes();
  const [view] = useState(() => new TimelineView(session.view, session.editor.grid.duration));
  const [tab, setTab] = useState<InspectorTab>(search.tab ?? "direct");
  const [asking, setAsking] = useState<"film" | "scene" | "still" | "polish" | null>(null);
  const [board, setBoard] = useState(true);
  const commentField = useRef<HTMLTextAreaElement>(null);
  const wide = useWide();
  const song = useSong(project.id);
  const player = useSongPlayer(session, project);
  const notes = useNotes(project.id);
  const everybody = useCastChoices(project.id);
  const run = useOrder(project.id);
  const models = $api.useQuery("get", "/api/models", {}, { staleTime: 10 * 60_000 }).data?.models;
  const config = useMemo(() => lastConfig(run?.job ?? null), [run?.job]);
  const burnt = run !== null && (run.job.config as { captions?: string | null }).captions !== "none";
  const limits = useCallback((index: number) => limitsOf(models ?? [], clipModel(config, index + 1)), [models, config]);
  const stage = useStageVersion(session, scene, search);
  const actions = useStudioActions(view);

  const openScene = scene && canEdit ? () => setAsking("scene") : () => undefined;
  useStudioKeys(
    actions,
    {
      compare: () => stage.compare(!stage.comparing),
      nextVersion: stage.next,
      prompt: () => {
        setTab("direct");
        requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("[data-prompt]")?.focus());
      },
      regenerate: openScene,
      comment: () => {
        session.clock.pause();
        setTab("notes");
        requestAnimationFrame(() => commentField.current?.focus());
      },
      make: () => canEdit && setAsking("film"),
    },
    canEdit,
  );
  useAddress({ scene: scene?.scene_number, tab, v: stage.older?.number, compare: stage.comparing });

  const noteCounts = useMemo(() => {
    const open = notes.notes.filter((note) => note.resolved_at == null);
    return new Map(scenes.map((one) => [one.id, open.filter((note) => belongsTo(note, one)).length]));
  }, [notes.notes, scenes]);
  const sceneNotes = scene ? notes.notes.filter((note) => belongsTo(note, scene)) : [];
  const [boardWidth, setBoardWidth] = useRememberedSize("board", wide === "full" ? 264 : 220);
  const [inspectorWidth, setInspectorWidth] = useRememberedSize("inspector", wide === "full" ? 336 : 300);
  const time = useStandingTime();
  const narrow = wide === "review";

  return (
    <div className="flex h-full min-h-0 flex-col bg-canvas">
      <nav aria-label={studio.title} className="sr-only focus-within:not-sr-only">
        <a href="#stage">{studio.toStage}</a> <a href="#timeline">{studio.toTimeline}</a>
      </nav>
      <StudioTopBar run={run} onMake={() => setAsking("film")} />
      <SaveNotices session={session} />
      {narrow && <p className="bg-info/10 px-4 py-1.5 text-center text-info text-xs">{studio.narrow}</p>}
      <div
        className={narrow ? "flex min-h-0 flex-1 flex-col overflow-y-auto" : "grid min-h-0 flex-1"}
        style={
          narrow
            ? undefined
            : ({
                gridTemplateColumns: `${wide === "full" ? 56 : 48}px ${board ? `${boardWidth}px` : "0px"} minmax(0,1fr) ${inspectorWidth}px`,
              } as CSSProperties)
        }
      >
        {!narrow && <Rail board={board} onBoard={() => setBoard(!board)} />}
        {!narrow && (
          <div className="relative min-h-0 min-w-0 overflow-hidden [&>nav]:h-full">
            {board && (
              <>
                <Boundary>
                  <Storyboard notes={noteCounts} />
                </Boundary>
                <Splitter
                  label={studio.storyboard}
                  size={boardWidth}
                  least={180}
                  most={420}
                  direction={1}
                  onSize={setBoardWidth}
                  className="right-0"
                />
              </>
            )}
          </div>
        )}
        <div
          className={
            narrow
              ? "flex h-[calc(56.25vw+110px)] max-h-[75vh] shrink-0 flex-col px-3"
              : "flex min-h-0 min-w-0 flex-col px-4"
          }
        >
          <Boundary>
            <Stage
              lines={song.lines}
              fps={config.fps}
              burnt={burnt}
              version={stage.older}
              comparing={stage.comparing}
              currentNumber={stage.current?.number ?? null}
            />
            {scene && (
              <VersionStrip
                scene={scene}
                versions={stage.versions}
                shown={stage.chosen}
                comparing={stage.comparing}
                onShow={stage.show}
                onCompare={(on) => stage.compare(on)}
                onRestore={(version) => stage.restore.mutate(version)}
                onEdit={() => setAsking("still")}
                restoring={stage.restore.isPending}
              />
            )}
            {stage.restore.isError && <ErrorPanel compact error={stage.restore.error} className="mb-2" />}
          </Boundary>
        </div>
        {narrow && (
          <div className="shrink-0 [&>nav]:h-96">
            <Storyboard notes={noteCounts} />
          </div>
        )}
        <div className={narrow ? "relative h-[70vh] shrink-0 [&>aside]:h-full" : "relative min-h-0 [&>aside]:h-full"}>
          <Boundary>
            <Inspector
              tab={tab}
              onTab={setTab}
              everybody={everybody}
              versions={stage.versions}
              shown={stage.chosen}
              onShow={stage.show}
              onCompare={(version) => stage.compare(true, version)}
              onRestore={(version) => stage.restore.mutate(version)}
              notes={
                scene && user ? (
                  <NotesTab scene={scene} notes={sceneNotes} of={notes} time={time} field={commentField} />
                ) : null
              }
              noteCount={sceneNotes.filter((note) => note.resolved_at == null).length}
              models={models ?? []}
              config={config}
              onRegenerate={openScene}
              onPolish={() => setAsking("polish")}
            />
          </Boundary>
          {!narrow && (
            <Splitter
              label={studio.inspector}
              size={inspectorWidth}
              least={280}
              most={480}
              direction={-1}
              onSize={setInspectorWidth}
              className="left-0"
            />
          )}
        </div>
      </div>
      {player.failed && (
        <p role="alert" className="bg-danger/12 px-4 py-1.5 text-danger text-xs">
          {studio.songFailed}
        </p>
      )}
      <section
        id="timeline"
        aria-label={studio.timeline}
        tabIndex={-1}
        className="relative shrink-0 bg-panel shadow-[inset_0_1px_0_var(--color-line)] outline-none"
      >
        {!narrow && <TimelineSplitter />}
        <Boundary>
          <Transport view={view} actions={actions} review={narrow} />
          {!narrow && <Timeline view={view} peaks={song.peaks} lines={song.lines} limits={limits} />}
        </Boundary>
      </section>
      <Suspense>
        {asking === "film" && <CostDialog onClose={() => setAsking(null)} last={run?.job ?? null} />}
        {asking === "scene" && scene && (
          <RegenerateDialog scene={scene} models={models ?? []} config={config} onClose={() => setAsking(null)} />
        )}
        {asking === "still" && scene?.image_url && (
          <EditStillDialog scene={scene} picture={scene.image_url} onClose={() => setAsking(null)} />
        )}
        {asking === "polish" && scene && <PolishDialog scene={scene} onClose={() => setAsking(null)} />}
      </Suspense>
    </div>
  );
}

const MOST_EXTRA = 240;

/** The upper edge of the timeline: dragged up, the waveform gets taller. */
function TimelineSplitter() {
  const { session } = useStudio();
  const extra = useView((view) => view.waveExtra);
  return (
    <Splitter
      label={studio.timeline}
      axis="y"
      size={extra}
      least={0}
      most={MOST_EXTRA}
      direction={-1}
      onSize={(waveExtra) => session.view.setState({ waveExtra })}
      className="-top-1"
    />
  );
}

/** The song's time while it stands: what a comment is tied to. It does not follow along while it plays. */
function useStandingTime(): number {
  const { clock } = useStudio().session;
  usePlaying();
  return useSyncExternalStore(
    (listener) => clock.onTime(() => !clock.playing && listener()),
    () => (clock.playing ? -1 : clock.time),
  );
}

const SETTLE_MS = 500;

/** Keeps the address saying what is looked at, so that it can be shared; going back leaves the studio, not a scene. */
function useAddress({
  scene,
  tab,
  v,
  compare,
}: {
  scene?: number;
  tab: InspectorTab;
  v?: number;
  compare: boolean;
}): void {
  const navigate = useNavigate({ from: "/p/$id/edit" });
  const { session } = useStudio();
  const standing = useStandingTime();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time is read when it has settled; standing elsewhere asks for that
  useEffect(() => {
    const timer = setTimeout(() => {
      const t = Math.round(session.clock.time * 100) / 100;
      void navigate({
        search: {
          scene,
          t: t > 0 ? t : undefined,
          tab: tab === "direct" ? undefined : tab,
          v,
          compare: compare ? 1 : undefined,
        },
        replace: true,
        resetScroll: false,
      });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [navigate, session, scene, tab, v, compare, standing]);
}
