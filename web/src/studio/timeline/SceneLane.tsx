import { useCallback, useSyncExternalStore } from "react";
import type { ClipLimits } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import { visibleRange } from "@/engine/viewport-window";
import { studio } from "@/messages/studio";
import { useEditor, useScenes, useStudio } from "../context";
import { BoundaryHandle } from "./BoundaryHandle";
import { Clip } from "./Clip";
import { below, LANES, SCENES_TOP } from "./paint-lanes";
import { SnapGuide } from "./SnapGuide";
import type { TimelineView } from "./timeline-view";
import { useBoundaryDrag } from "./use-boundary-drag";

interface SceneLaneProps {
  readonly view: TimelineView;
  readonly limits: (scene: number) => ClipLimits;
}

/** The scenes that are on the screen, and the boundaries between them. */
export function SceneLane({ view, limits }: SceneLaneProps) {
  const { session, canEdit, selected, select } = useStudio();
  const scenes = useScenes();
  const dragged = useEditor((snapshot) => snapshot.drag?.index ?? null);
  const window = useSyncExternalStore(view.onWindow, view.window);
  const { place, begin } = useBoundaryDrag(view, limits);
  const [first, last] = visibleRange(startsOf(scenes), window);
  const grid = session.editor.grid;

  const choose = useCallback(
    (id: string) => {
      const scene = session.editor.scene(id);
      if (!scene) return;
      select(id);
      const { time } = session.clock;
      if (time < scene.timestamp_start || time >= scene.timestamp_end) session.clock.seek(scene.timestamp_start);
    },
    [session, select],
  );

  return (
    <>
      <fieldset
        aria-label={studio.lanes.scenes}
        className="absolute inset-x-0 min-w-0"
        style={{ top: below(SCENES_TOP), height: LANES.scenes }}
      >
        {scenes.slice(first, last).map((scene) => (
          <Clip
            key={scene.id}
            scene={scene}
            beats={grid.beatsBetween(scene.timestamp_start, scene.timestamp_end)}
            selected={scene.id === selected}
            onSelect={choose}
          />
        ))}
        {canEdit &&
          scenes
            .slice(Math.max(1, first), last)
            .map((scene) => (
              <BoundaryHandle
                key={scene.id}
                scene={scene}
                dragged={dragged === scene.scene_number - 1}
                onGrab={begin}
              />
            ))}
      </fieldset>
      {place && <SnapGuide place={place} />}
    </>
  );
}
