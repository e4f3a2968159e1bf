import { Lock, LockOpen, SunMedium, Video, X } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { board } from "@/messages/board";
import { vocabulary } from "@/messages/vocabulary";
import type { SceneView } from "@/project/project";
import { CAMERAS, LIGHTS } from "@/studio/scene";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { StaleFirst } from "./StaleFirst";
import type { SceneEdits } from "./use-scene-edits";

interface SelectionBarProps {
  readonly project: string;
  readonly scenes: readonly SceneView[];
  readonly edits: SceneEdits;
  readonly onClear: () => void;
}

/** What can be done to all selected scenes at once. */
export function SelectionBar({ project, scenes, edits, onClear }: SelectionBarProps) {
  const locked = scenes.every((scene) => scene.locked);
  const [wanted, setWanted] = useState<Schemas["SceneChange"] | null>(null);
  return (
    <div
      role="toolbar"
      aria-label={board.selected({ count: scenes.length })}
      className="sticky bottom-4 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-1.5 mv-float rounded-xl p-2 shadow-pop"
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
          onSelect: () => setWanted({ config: { camera } }),
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
          onSelect: () => setWanted({ config: { lighting } }),
        }))}
      />
      <Button
        tone="quiet"
        icon={locked ? <LockOpen aria-hidden className="size-4" /> : <Lock aria-hidden className="size-4" />}
        onClick={() => edits.changeAll(scenes, { locked: !locked })}
      >
        {locked ? board.unlock : board.lock}
      </Button>
      <IconButton label={board.clear} keys="escape" onClick={onClear}>
        <X aria-hidden />
      </IconButton>
      {wanted && (
        <StaleFirst
          project={project}
          scenes={scenes}
          change={wanted}
          onClose={() => setWanted(null)}
          onAgreed={() => {
            setWanted(null);
            edits.changeAll(scenes, wanted);
          }}
        />
      )}
    </div>
  );
}
