import { CircleAlert, Clock3, Lock, MessageSquare, MoreHorizontal, RefreshCw } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { formatNumber } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useScenes, useStudio } from "./context";
import { type Scene, stateOf } from "./scene";
import { sectionColour, sectionName } from "./section-look";
import { useThumb } from "./use-thumb";

type Filter = "all" | "stale" | "notes";

interface StoryboardProps {
  /** How many open comments a scene has. */
  readonly notes: ReadonlyMap<string, number>;
}

/** The scenes as a list, by section: the same as the timeline, for reading. */
export function Storyboard({ notes }: StoryboardProps) {
  const { session, selected, select } = useStudio();
  const scenes = useScenes();
  const [filter, setFilter] = useState<Filter>("all");
  const { grid } = session.editor;
  const wanted = scenes.filter((scene) => {
    if (filter === "stale") return !["ready", "working"].includes(stateOf(scene));
    return filter === "all" || (notes.get(scene.id) ?? 0) > 0;
  });
  const groups = new Map<number, Scene[]>();
  for (const scene of wanted) {
    const index = grid.sectionIndexAt(scene.timestamp_start + 0.01);
    groups.set(index, [...(groups.get(index) ?? []), scene]);
  }
  const choose = (scene: Scene) => {
    select(scene.id);
    session.clock.seek(scene.timestamp_start);
  };
  return (
    <nav
      aria-label={studio.storyboard}
      className="flex min-h-0 flex-col bg-panel shadow-[inset_-1px_0_0_var(--color-line)]"
    >
      <header className="flex h-11 shrink-0 items-center gap-2 pr-2 pl-4">
        <h2 className="font-semibold text-sm">{studio.storyboard}</h2>
        <span className="tnum flex-1 text-fg-3 text-xs">{studio.sceneCount({ count: scenes.length })}</span>
        <Menu
          trigger={
            <IconButton label={studio.boardMenu} size="sm">
              <MoreHorizontal aria-hidden />
            </IconButton>
          }
          items={[
            { label: studio.allScenes, checked: filter === "all", onSelect: () => setFilter("all") },
            { label: studio.onlyStale, checked: filter === "stale", onSelect: () => setFilter("stale") },
            { label: studio.onlyNotes, checked: filter === "notes", onSelect: () => setFilter("notes") },
          ]}
        />
      </header>
      <div data-board className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {wanted.length === 0 && <p className="px-3 py-8 text-center text-fg-3 text-xs">{studio.nothingShown}</p>}
        {Array.from(groups, ([index, group]) => {
          const section = grid.sections[index];
          return (
            <section key={index} aria-label={section ? sectionName(section) : undefined}>
              {section && (
                <h3 className="sticky top-0 z-10 flex h-8 items-center gap-2 bg-panel px-2 text-xs">
                  <span
                    aria-hidden
                    className="h-3 w-[3px] rounded-full"
                    style={{ background: sectionColour(section.kind) }}
                  />
                  <span className="flex-1 font-medium" style={{ color: sectionColour(section.kind) }}>
                    {sectionName(section)}
                  </span>
                  <span className="tnum text-2xs text-fg-3">{shortTimecode(section.start)}</span>
                </h3>
              )}
              <ul>
                {group.map((scene) => (
                  <SceneCard
                    key={scene.id}
                    scene={scene}
                    beats={grid.beatsBetween(scene.timestamp_start, scene.timestamp_end)}
                    notes={notes.get(scene.id) ?? 0}
                    selected={scene.id === selected}
                    onChoose={choose}
                  />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </nav>
  );
}

interface SceneCardProps {
  readonly scene: Scene;
  readonly beats: number;
  readonly notes: number;
  readonly selected: boolean;
  readonly onChoose: (scene: Scene) => void;
}

const SceneCard = memo(function SceneCard({ scene, beats, notes, selected, onChoose }: SceneCardProps) {
  const row = useRef<HTMLLIElement>(null);
  const near = useNear(row);
  const thumb = useThumb(scene, near);
  const state = stateOf(scene);
  useEffect(() => {
    if (selected && row.current) reveal(row.current);
  }, [selected]);
  return (
    <li ref={row}>
      <button
        type="button"
        aria-current={selected || undefined}
        onClick={() => onChoose(scene)}
        className={cn(
          "flex w-full items-center gap-2.5 rounded-lg px-1.5 py-[7px] text-left transition-colors duration-[120ms] hover:bg-raised",
          selected && "bg-raised ring-line",
        )}
      >
        <span className="relative block aspect-video w-20 shrink-0 overflow-hidden rounded-sm bg-raised max-[1360px]:w-16">
          {thumb ? (
            <img
              src={thumb}
              alt=""
              loading="lazy"
              className={cn("size-full object-cover", state !== "ready" && state !== "still" && "opacity-55")}
            />
          ) : (
            <span className="mv-hatch absolute inset-0" style={{ ["--hatch" as string]: "var(--color-fg-3)" }} />
          )}
          {selected && (
            <span aria-hidden className="absolute inset-0 rounded-sm shadow-[inset_0_0_0_2px_var(--color-ember)]" />
          )}
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-1.5 text-xs">
            <span className="tnum shrink-0 whitespace-nowrap text-fg-3">
              {String(scene.scene_number).padStart(2, "0")}
            </span>
            <span className="truncate font-medium text-fg">{scene.config.title}</span>
          </span>
          <span className="tnum mt-0.5 flex items-center gap-1.5 text-2xs text-fg-3">
            <span className="whitespace-nowrap">{studio.beats({ count: beats })}</span>
            <span className="whitespace-nowrap">
              {studio.seconds({ value: formatNumber(scene.duration_seconds, 1) })}
            </span>
            <CardState scene={scene} />
            {scene.locked && <Lock role="img" aria-label={studio.locked} className="size-3" />}
            {notes > 0 && (
              <span className="ml-auto flex items-center gap-0.5">
                <MessageSquare role="img" aria-label={studio.notes({ count: notes })} className="size-3" />
                <span aria-hidden>{notes}</span>
              </span>
            )}
          </span>
        </span>
      </button>
    </li>
  );
});

function CardState({ scene }: { readonly scene: Scene }) {
  const state = stateOf(scene);
  if (state === "ready") return null;
  const label = studio.states[state];
  const icons = {
    still: <Clock3 role="img" aria-label={label} className="size-3 text-info" />,
    working: <RefreshCw role="img" aria-label={label} className="size-3 animate-turn text-ember" />,
    stale: <RefreshCw role="img" aria-label={label} className="size-3 text-warn" />,
    waiting: <Clock3 role="img" aria-label={label} className="size-3" />,
    failed: <CircleAlert role="img" aria-label={label} className="size-3 text-danger" />,
  };
  return (
    <span title={label} className="flex items-center">
      {icons[state]}
    </span>
  );
}

/** Brings a card into the list's sight; the page around the list stays where it is. */
function reveal(card: HTMLElement): void {
  const list = card.closest<HTMLElement>("[data-board]");
  if (!list) return;
  const [box, frame] = [card.getBoundingClientRect(), list.getBoundingClientRect()];
  if (box.top < frame.top + HEADING) list.scrollTop += box.top - frame.top - HEADING;
  else if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom + 8;
}

/** Height of a section's heading, which sticks to the top of the list. */
const HEADING = 36;

/** Whether a card is on the screen or about to be: pictures of the others are not asked for. */
function useNear(row: React.RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!row.current) return;
    const watch = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: "200px" },
    );
    watch.observe(row.current);
    return () => watch.disconnect();
  }, [row]);
  return near;
}
