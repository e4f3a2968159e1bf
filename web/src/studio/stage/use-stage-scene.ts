import { useSyncExternalStore } from "react";
import { sceneAt } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import { useScenes, useStudio } from "../context";
import type { Scene } from "../scene";

/** The scene under the playhead; whoever asks renders when it is another one, not each frame. */
export function useStageScene(): Scene | undefined {
  const { session } = useStudio();
  const scenes = useScenes();
  const index = useSyncExternalStore(
    (listener) => session.clock.onTime(listener),
    () => sceneAt(startsOf(session.editor.snapshot().scenes), session.clock.time),
  );
  return scenes[index];
}
