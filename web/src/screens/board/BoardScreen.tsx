import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowRight, Clapperboard, ImagePlus, Layers, WandSparkles } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useErrand } from "@/buying/use-errand";
import { useOnline } from "@/frame/OfflineBar";
import { clock } from "@/i18n/format";
import { getLocale } from "@/i18n/locale";
import { useCommands } from "@/keys/shortcuts";
import { board } from "@/messages/board";
import { common } from "@/messages/common";
import { saving } from "@/messages/saving";
import { analysisOf, countUpTo, sectionColor } from "@/project/analysis";
import { sectionsOfScenes } from "@/project/plan";
import { mayEdit, projectQuery, type SceneView, useProject } from "@/project/project";
import { sectionName } from "@/project/section-name";
import { useTemplates } from "@/project/templates";
import { SaveNotices } from "@/studio/SaveNotices";
import { useSitting, useSittingScenes } from "@/studio/use-sitting";
import { Boundary } from "@/ui/Boundary";
import { Button, buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { fetchMenus } from "@/ui/Menu";
import { Bar } from "@/ui/Progress";
import { toast } from "@/ui/toasts";
import { DragGrip } from "./DragGrip";
import { SceneCard } from "./SceneCard";
import { useSceneEdits } from "./use-scene-edits";
import { useStills } from "./use-stills";

const Animatic = lazy(() => import("./Animatic").then((module) => ({ default: module.Animatic })));
// Offline nothing more comes: what edits need then is fetched as soon as the board is there.
const fetchSelectionBar = () => import("./SelectionBar").then((module) => ({ default: module.SelectionBar }));
const SelectionBar = lazy(fetchSelectionBar);
const ErrandProgress = lazy(() =>
  import("@/buying/ErrandProgress").then((module) => ({ default: module.ErrandProgress })),
);
const WriteDialog = lazy(() => import("./WriteDialog").then((module) => ({ default: module.WriteDialog })));
const TemplateDialog = lazy(() => import("./TemplateDialog").then((module) => ({ default: module.TemplateDialog })));

const WORKING = new Set(["generating_image", "generating_video"]);
const LOOK_AGAIN = 2_500;

export function BoardScreen() {
  const { id } = useParams({ from: "/p/$id/board" });
  const navigate = useNavigate();
  const { project, scenes: rows } = useProject(id);
  const session = useSitting(project, rows);
  const scenes = useSittingScenes(session);
  const online = useOnline();
  // What is made by the server is made of what it knows, and would meet edits on their way as somebody else's.
  const saved = useSyncExternalStore(session.subscribe, () => session.status().state === "saved");
  const ready = online && saved;
  // While pictures are being made the board looks again by itself.
  useQuery({
    ...projectQuery(id),
    refetchInterval: ({ state }) =>
      state.data?.scenes.some((scene) => WORKING.has(scene.status)) ? LOOK_AGAIN : false,
  });
  const heard = analysisOf(project);
  const editable = mayEdit(project);
  const edits = useSceneEdits(session, heard);
  const stills = useStills(id);
  const templates = useTemplates();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<number | null>(null);
  const [showing, setShowing] = useState<"animatic" | "template" | "write" | null>(null);
  const [held, setHeld] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const sections = useMemo(() => sectionsOfScenes(scenes), [scenes]);
  const missing = scenes.filter(
    (scene) => !scene.image_url && !scene.video_url && !scene.locked && !WORKING.has(scene.status),
  );
  const writing = useErrand({
    project: id,
    kind: "write_scenes",
    onDone: (result) => {
      const { written, kept } = result as { readonly written?: number; readonly kept?: readonly unknown[] };
      toast(board.written({ count: written ?? 0, kept: kept?.length ?? 0 }), { tone: "ok" });
      void edits.refresh();
    },
  });
  useEffect(() => void Promise.all([fetchSelectionBar(), fetchMenus()]).catch(() => undefined), []);
  const chosen = scenes.filter((scene) => selected.has(scene.id));
  const template = templates.data?.templates.find((one) => one.id === project.template_id);

  function select(index: number, range: boolean) {
    const next = new Set(selected);
    if (range && last !== null) {
      for (const scene of scenes.slice(Math.min(last, index), Math.max(last, index) + 1)) next.add(scene.id);
    } else {
      const scene = scenes[index];
      if (scene && !next.delete(scene.id)) next.add(scene.id);
    }
    setSelected(next);
    setLast(index);
  }

  useCommands([
    { id: "animatic", label: board.animatic, group: board.title, keys: "p", run: () => setShowing("animatic") },
    {
      id: "select-all",
      label: board.selectAll,
      group: board.title,
      keys: "mod+a",
      run: () => setSelected(new Set(scenes.map((scene) => scene.id))),
    },
    {
      id: "clear",
      label: board.clear,
      group: board.title,
      keys: "escape",
      keysOnly: true,
      disabled: selected.size === 0,
      run: () => setSelected(new Set()),
    },
    { id: "undo", label: common.undo, group: board.title, keys: "mod+z", disabled: !editable, run: edits.undo },
    {
      id: "redo",
      label: saving.redo,
      group: board.title,
      keys: "mod+shift+z",
      disabled: !editable,
      run: edits.redo,
    },
    {
      id: "to-edit",
      label: board.toEdit,
      group: board.title,
      keys: "mod+enter",
      run: () => void navigate({ to: "/p/$id/edit", params: { id } }),
    },
  ]);

  const beats = (scene: SceneView) =>
    heard
      ? countUpTo(heard.beats, scene.timestamp_end - 0.01) - countUpTo(heard.beats, scene.timestamp_start - 0.01)
      : null;

  return (
    <>
      <SaveNotices session={session} />
      <div className="mx-auto flex max-w-[1440px] flex-col gap-5 px-4 py-6 sm:px-6">
        <header className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold text-xl">{board.title}</h2>
          <span className="tnum text-fg-3">{board.count({ count: scenes.length })}</span>
          <span className="flex-1" />
          <Button
            size="lg"
            tone="quiet"
            icon={<WandSparkles aria-hidden className="size-4" />}
            disabled={!editable || !ready || scenes.length === 0 || writing.running !== null}
            title={online ? undefined : board.needsNet}
            onClick={() => setShowing("write")}
          >
            {board.write}
          </Button>
          <Button
            size="lg"
            tone="quiet"
            icon={<Layers aria-hidden className="size-4" />}
            disabled={!editable || !ready}
            title={online ? undefined : board.needsNet}
            onClick={() => setShowing("template")}
          >
            {template ? board.templateNow({ name: template.name[getLocale()] }) : board.template}
          </Button>
          <Button
            size="lg"
            icon={<Clapperboard aria-hidden className="size-4" />}
            onClick={() => setShowing("animatic")}
          >
            {board.animatic}
          </Button>
          <Link to="/p/$id/edit" params={{ id }} className={buttonStyles({ tone: "main", size: "lg" })}>
            {board.toEdit}
            <ArrowRight aria-hidden className="size-4" />
          </Link>
        </header>
        {editable && (missing.length > 0 || stills.filling) && (
          <div role="status" className="flex flex-wrap items-center gap-3 rounded-xl bg-panel px-4 py-3 ring-line">
            <ImagePlus aria-hidden className="size-5 text-ember" />
            {stills.filling ? (
              <>
                <span className="flex-1">{board.filling(stills.filling)}</span>
                <Bar
                  value={stills.filling.done / stills.filling.all}
                  label={board.filling(stills.filling)}
                  className="w-40"
                />
                <Button size="sm" onClick={stills.stop}>
                  {board.stop}
                </Button>
              </>
            ) : stills.free ? (
              <>
                <span className="flex-1 text-fg-2">{board.animaticHint}</span>
                <Button
                  tone="main"
                  disabled={!ready}
                  title={online ? undefined : board.needsNet}
                  onClick={() => void stills.fill(missing)}
                >
                  {board.fill({ count: missing.length })} · {board.fillFree}
                </Button>
              </>
            ) : (
              <span className="text-fg-2">{board.paidModel}</span>
            )}
          </div>
        )}
        <Suspense>
          {(writing.running || writing.problem) && <ErrandProgress errand={writing} text={board.writing} />}
        </Suspense>
        {stills.problem && <ErrorPanel compact error={stills.problem} />}
        {scenes.length === 0 && <Empty icon={<Clapperboard />} title={board.noPicture} />}
        <Boundary>
          {sections.map((section) => {
            const name = sectionName(section, sections);
            return (
              <section key={section.first} aria-label={board.group({ section: name, count: section.count })}>
                <h3
                  className="sticky top-0 z-10 mb-2 flex items-center gap-2 bg-canvas/90 py-1.5 font-medium backdrop-blur"
                  style={{ color: sectionColor(section.kind) }}
                >
                  <span aria-hidden className="h-4 w-1 rounded-full bg-current" />
                  {name}
                  <span className="tnum font-normal text-fg-3 text-xs">
                    {clock(section.start)} – {clock(section.end)}
                  </span>
                </h3>
                <ul className="grid grid-cols-[repeat(auto-fill,minmax(15.5rem,1fr))] gap-4">
                  {scenes.slice(section.first, section.first + section.count).map((scene, offset) => {
                    const index = section.first + offset;
                    return (
                      <SceneCard
                        key={scene.id}
                        scene={scene}
                        project={project}
                        beats={beats(scene)}
                        editable={editable}
                        selected={selected.has(scene.id)}
                        selecting={selected.size > 0}
                        hasBefore={index > 0}
                        swapBefore={offset > 0}
                        swapAfter={offset < section.count - 1}
                        free={stills.free}
                        edits={edits}
                        onSelect={(range) => select(index, range)}
                        index={index}
                        under={held?.to === index && held.from !== index}
                        grip={
                          editable &&
                          section.count > 1 && (
                            <DragGrip
                              number={scene.scene_number}
                              index={index}
                              first={section.first}
                              last={section.first + section.count - 1}
                              onOver={(to) => setHeld(to === null ? null : { from: index, to })}
                              onMove={(to) => edits.move(index, to)}
                              className="-ml-1.5"
                            />
                          )
                        }
                        onSwap={(by) => edits.move(index, index + by)}
                        onRedraw={() => void session.flush().then(() => stills.redraw(scene))}
                      />
                    );
                  })}
                </ul>
              </section>
            );
          })}
        </Boundary>
        <Suspense>
          {chosen.length > 0 && editable && (
            <SelectionBar project={id} scenes={chosen} edits={edits} onClear={() => setSelected(new Set())} />
          )}
        </Suspense>
        <Suspense>
          {showing === "animatic" && <Animatic project={project} scenes={scenes} onClose={() => setShowing(null)} />}
          {showing === "write" && (
            <WriteDialog
              project={id}
              scenes={scenes}
              chosen={chosen}
              onClose={() => setShowing(null)}
              onOrdered={writing.watch}
            />
          )}
          {showing === "template" && (
            <TemplateDialog project={project} hasScenes={scenes.length > 0} onClose={() => setShowing(null)} />
          )}
        </Suspense>
      </div>
    </>
  );
}
