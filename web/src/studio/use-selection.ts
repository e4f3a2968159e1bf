// Which scene is selected: the one under the playhead when somebody goes there, and while the song plays as long as
// nobody is typing about another.

import { useCallback, useEffect, useState } from "react";
import { sceneAt } from "@/engine/boundaries";
import { startsOf } from "@/engine/scene-ops";
import type { StudioSession } from "./session";

function isTyping(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement || at instanceof HTMLSelectElement;
}

export function useSelection(session: StudioSession, wanted: number | undefined) {
  const [selected, setSelected] = useState<string | null>(() => {
    const { scenes } = session.editor.snapshot();
    return (scenes[(wanted ?? 1) - 1] ?? scenes[0])?.id ?? null;
  });
  const select = useCallback((id: string) => setSelected(id), []);

  useEffect(
    () =>
      session.clock.onTime((time) => {
        const { scenes, drag } = session.editor.snapshot();
        if (drag || isTyping() || (session.clock.playing && !session.view.getState().follow)) return;
        const id = scenes[sceneAt(startsOf(scenes), time)]?.id;
        if (id) setSelected(id);
      }),
    [session],
  );

  // A scene that was merged away, or named by the server, leaves the selection to whatever plays there now.
  useEffect(() => {
    let count = session.editor.snapshot().scenes.length;
    return session.editor.subscribe(() => {
      const { scenes } = session.editor.snapshot();
      const more = scenes.length > count;
      count = scenes.length;
      setSelected((before) => {
        if (!more && before && scenes.some((scene) => scene.id === before)) return before;
        return scenes[sceneAt(startsOf(scenes), session.clock.time)]?.id ?? null;
      });
    });
  }, [session]);
  return { selected, select };
}
