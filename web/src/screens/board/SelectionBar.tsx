import { Lock, LockOpen, SunMedium, Video, X } from "lucide-react";
import { board } from "@/messages/board";
import { vocabulary } from "@/messages/vocabulary";
import type { SceneView } from "@/project/project";
import { CAMERAS, LIGHTS } from "@/studio/scene";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import type { SceneEdits } from "./use-scene-edits";

interface SelectionBarProps {
  readonly scenes: readonly SceneView[];
  readonly edits: SceneEdits;
  readonly onClear: () => void;
}

/** What can be done to all selected scenes at once. */
export function SelectionBar({ scenes, edits, onClear }: SelectionBarProps) {
  const locked = scenes.every((scene) => scene.locked);
  return (
    <div
      role="toolbar"
      aria-label={board.selected({ count: scenes.length })}
      className="sticky bottom-4 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-1.5 rounded-xl bg-raised p-2 shadow-pop"
    >
      <span aria-live="polite" className="tnum px-2 font-medium">
        {board.selected({ count: scenes.length })}
      </span>
      <Menu
        align="center"
        trigger={
          <Button tone="quiet" icon={<Video aria-hidden className="size-4" />}>
            {board.setCamera}
          </Button>
        }
        items={CAMERAS.map((camera) => ({
          label: vocabulary.cameras[camera],
          onSelect: () => void edits.changeAll(scenes, { config: { camera } }),
        }))}
      />
      <Menu
        align="center"
        trigger={
          <Button tone="quiet" icon={<SunMedium aria-hidden className="size-4" />}>
            {board.setLight}
          </Button>
        }
        items={LIGHTS.map((lighting) => ({
          label: vocabulary.lights[lighting],
          onSelect: () => void edits.changeAll(scenes, { config: { lighting } }),
        }))}
      />
      <Button
        tone="quiet"
        icon={locked ? <LockOpen aria-hidden className="size-4" /> : <Lock aria-hidden className="size-4" />}
        onClick={() => void edits.changeAll(scenes, { locked: !locked })}
      >
        {locked ? board.unlock : board.lock}
      </Button>
      <IconButton label={board.clear} keys="escape" onClick={onClear}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
