import { useNavigate } from "@tanstack/react-router";
import {
  ArrowLeftRight,
  Check,
  CircleAlert,
  Clapperboard,
  Ellipsis,
  Image,
  Lock,
  LockOpen,
  Merge,
  RefreshCw,
  SeparatorVertical,
} from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import { useOnline } from "@/frame/OfflineBar";
import { formatNumber, formatUsd } from "@/i18n/format";
import { board } from "@/messages/board";
import { vocabulary } from "@/messages/vocabulary";
import { sectionColor } from "@/project/analysis";
import type { ProjectView, SceneView } from "@/project/project";
import { type SceneState, stateOf } from "@/studio/scene";
import { stableUrl } from "@/studio/signed-urls";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItems } from "@/ui/Menu";
import { Ring } from "@/ui/Progress";
import { SceneLine } from "./SceneLine";
import type { SceneEdits } from "./use-scene-edits";

interface SceneCardProps {
  readonly scene: SceneView;
  readonly project: ProjectView;
  readonly beats: number | null;
  readonly editable: boolean;
  readonly selected: boolean;
  readonly selecting: boolean;
  readonly hasBefore: boolean;
  readonly swapBefore: boolean;
  readonly swapAfter: boolean;
  readonly free: boolean;
  readonly edits: SceneEdits;
  readonly onSelect: (range: boolean) => void;
  readonly grip: ReactNode;
  /** Another card is held over it. */
  readonly under: boolean;
  readonly index: number;
  readonly onSwap: (by: -1 | 1) => void;
  readonly onRedraw: () => void;
}

export function SceneCard(props: SceneCardProps) {
  const { scene, project, beats, editable, selected, selecting, edits, onSelect } = props;
  const navigate = useNavigate();
  const online = useOnline();
  const state = stateOf(scene);
  const number = scene.scene_number;
  const open = () => void navigate({ to: "/p/$id/edit", params: { id: project.id }, search: { scene: number } });
  const cost = scene.image_cost_usd + scene.video_cost_usd;
  const items: MenuItems = [
    { label: board.open, icon: <Clapperboard aria-hidden />, onSelect: open },
    props.free
      ? {
          label: board.redraw,
          icon: <RefreshCw aria-hidden />,
          disabled: scene.locked || state === "working" || !online,
          onSelect: props.onRedraw,
        }
      : { label: board.redrawPaid, icon: <RefreshCw aria-hidden />, onSelect: open },
    {
      label: scene.locked ? board.unlock : board.lock,
      icon: scene.locked ? <LockOpen aria-hidden /> : <Lock aria-hidden />,
      onSelect: () => edits.lock(scene, !scene.locked),
    },
    null,
    {
      label: board.split,
      icon: <SeparatorVertical aria-hidden />,
      disabled: scene.locked,
      onSelect: () => edits.split(scene),
    },
    {
      label: board.mergeBack,
      icon: <Merge aria-hidden />,
      disabled: !props.hasBefore || scene.locked,
      onSelect: () => edits.mergeBack(scene),
    },
    {
      label: board.moveEarlier,
      icon: <ArrowLeftRight aria-hidden />,
      disabled: !props.swapBefore,
      onSelect: () => props.onSwap(-1),
    },
    {
      label: board.moveLater,
      icon: <ArrowLeftRight aria-hidden />,
      disabled: !props.swapAfter,
      onSelect: () => props.onSwap(1),
    },
  ];
  return (
    <li
      data-scene={props.index}
      className={cn(
        "group relative flex flex-col overflow-hidden rounded-xl bg-panel ring-line transition-shadow duration-[120ms]",
        selected && "outline-2 outline-ember",
        props.under && "outline-2 outline-ember outline-dashed outline-offset-2",
      )}
    >
      <button
        type="button"
        aria-label={`${number} ${board.state[state]}, ${scene.config.title}`}
        onClick={(event: MouseEvent) => (selecting || event.shiftKey ? onSelect(event.shiftKey) : open())}
        onKeyDown={(event) => {
          if (event.key !== " " || !editable) return;
          event.preventDefault();
          onSelect(event.shiftKey);
        }}
        className="relative block aspect-video w-full overflow-hidden bg-canvas text-left"
      >
        <Picture scene={scene} state={state} />
        <span className="tnum absolute bottom-2 left-2 rounded-sm bg-[oklch(0.1_0.01_290/0.75)] px-1.5 font-semibold text-2xs text-white">
          {number}
        </span>{" "}
        <StateMark state={state} />
      </button>
      {editable && (
        <label
          className={cn(
            "absolute top-2 left-2 flex size-6 cursor-pointer items-center justify-center rounded-md bg-[oklch(0.1_0.01_290/0.7)] opacity-0 transition-opacity duration-[120ms] has-focus-visible:opacity-100 has-focus-visible:outline-2 has-focus-visible:outline-ember group-hover:opacity-100 max-sm:opacity-100",
            (selected || selecting) && "opacity-100",
            selected && "bg-ember",
          )}
        >
          <input
            type="checkbox"
            aria-label={board.select({ number })}
            checked={selected}
            onChange={(event) => onSelect((event.nativeEvent as unknown as { shiftKey?: boolean }).shiftKey ?? false)}
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          <Check aria-hidden className={cn("size-4", selected ? "text-on-ember" : "text-white/70")} />
        </label>
      )}
      <div className="flex flex-1 flex-col gap-1.5 p-3">
        <div className="flex items-center gap-1.5">
          {props.grip}
          <h4 className="min-w-0 flex-1 truncate font-medium">{scene.config.title}</h4>
          {scene.locked && (
            <span className="text-fg-3" title={board.locked}>
              <Lock aria-hidden className="size-3.5" />
              <span className="sr-only">{board.locked}</span>
            </span>
          )}
          {editable && (
            <Menu
              trigger={
                <IconButton label={board.menuOf({ number })} size="sm">
                  <Ellipsis aria-hidden />
                </IconButton>
              }
              items={items}
            />
          )}
        </div>
        <SceneLine scene={scene} editable={editable && !scene.locked} edits={edits} />
        <p className="tnum mt-auto flex flex-wrap gap-x-2 pt-1 text-2xs text-fg-3">
          {beats !== null && <span>{board.beats({ beats })}</span>}
          <span>{board.seconds({ seconds: formatNumber(scene.duration_seconds, 1) })}</span>
          <span>
            {vocabulary.cameras[scene.config.camera as keyof typeof vocabulary.cameras] ?? scene.config.camera}
          </span>
          {cost > 0 && <span>{board.cost({ cost: formatUsd(cost) })}</span>}
        </p>
        {scene.config.lyric && <p className="truncate text-fg-2 text-xs">♪ {scene.config.lyric}</p>}
        {scene.error_message && (
          <p role="alert" className="flex items-center gap-1.5 text-danger text-xs">
            <CircleAlert aria-hidden className="size-3.5 shrink-0" />
            {scene.error_message}
          </p>
        )}
      </div>
    </li>
  );
}

function Picture({ scene, state }: { readonly scene: SceneView; readonly state: SceneState }) {
  if (scene.image_url) {
    return (
      <img
        src={stableUrl(scene.image_url)}
        alt=""
        loading="lazy"
        decoding="async"
        className={cn("size-full object-cover", state === "working" && "opacity-60")}
      />
    );
  }
  if (scene.video_url) {
    return (
      <video src={stableUrl(scene.video_url)} muted preload="metadata" className="size-full object-cover" aria-hidden />
    );
  }
  const color = sectionColor(scene.section_type ?? null);
  return (
    <span
      className="flex size-full items-center justify-center text-fg-3"
      style={{
        background: `repeating-linear-gradient(135deg, color-mix(in oklch, ${color} 9%, transparent) 0 8px, transparent 8px 16px)`,
      }}
    >
      <Image aria-hidden className="size-6" />
    </span>
  );
}

function StateMark({ state }: { readonly state: SceneState }) {
  if (state === "waiting" || state === "still") return <span className="sr-only">{board.state[state]}</span>;
  const text = board.state[state];
  return (
    <span className="absolute right-2 bottom-2 flex items-center gap-1 rounded-full bg-[oklch(0.1_0.01_290/0.8)] px-2 py-0.5 text-2xs text-white">
      {state === "working" && <Ring value={null} label={text} className="size-3" />}
      {state === "ready" && <Check aria-hidden className="size-3 text-[oklch(0.8_0.13_165)]" />}
      {(state === "stale" || state === "failed") && (
        <CircleAlert aria-hidden className="size-3 text-[oklch(0.84_0.13_88)]" />
      )}
      {text}
    </span>
  );
}
