// The studio's keys, on the register that `?` and the command palette list.

import { KEYS_ONLY, STUDIO_KEYS, type StudioAction } from "@/engine/keymap";
import { type Command, useCommands } from "@/keys/shortcuts";
import { studio } from "@/messages/studio";
import type { StudioActions } from "./use-studio-actions";

type Screen = Pick<
  Record<StudioAction, () => void>,
  "compare" | "nextVersion" | "prompt" | "regenerate" | "comment" | "make"
>;

export function useStudioKeys(actions: StudioActions, screen: Screen, canEdit: boolean): void {
  const all: Record<StudioAction, () => void> = { ...actions, ...screen };
  const groups = studio.keyGroups;
  const said: readonly (readonly [StudioAction, string, string])[] = [
    ["play", `${studio.play} / ${studio.pause}`, groups.play],
    ["back", studio.keys.back, groups.play],
    ["stop", studio.keys.stop, groups.play],
    ["forward", studio.keys.forward, groups.play],
    ["loop", studio.loop, groups.play],
    ["beatBack", studio.keys.beatBack, groups.move],
    ["beatForward", studio.keys.beatForward, groups.move],
    ["sceneBack", studio.previous, groups.move],
    ["sceneForward", studio.next, groups.move],
    ["sectionBack", studio.keys.sectionBack, groups.move],
    ["sectionForward", studio.keys.sectionForward, groups.move],
    ["start", studio.keys.start, groups.move],
    ["end", studio.keys.end, groups.move],
    ["split", studio.split, groups.edit],
    ["merge", studio.merge, groups.edit],
    ["snap", studio.keys.snap, groups.edit],
    ["undo", studio.undo, groups.edit],
    ["redo", studio.redo, groups.edit],
    ["prompt", studio.keys.prompt, groups.scene],
    ["regenerate", studio.regenerate, groups.scene],
    ["lock", `${studio.lock} / ${studio.unlock}`, groups.scene],
    ["compare", studio.compare, groups.scene],
    ["nextVersion", studio.keys.nextVersion, groups.scene],
    ["comment", studio.keys.comment, groups.scene],
    ["make", studio.keys.make, groups.scene],
    ["follow", studio.follow, groups.view],
    ["zoomIn", studio.zoomIn, groups.view],
    ["zoomOut", studio.zoomOut, groups.view],
    ["fit", studio.fit, groups.view],
    ["guides", studio.guides, groups.view],
  ];
  const edits = new Set<StudioAction>(["split", "merge", "undo", "redo", "prompt", "regenerate", "lock", "make"]);
  useCommands(
    said.map(
      ([action, label, group]): Command => ({
        id: `studio.${action}`,
        label,
        group,
        keys: STUDIO_KEYS[action],
        keysOnly: KEYS_ONLY.has(action),
        disabled: !canEdit && edits.has(action),
        run: all[action],
      }),
    ),
  );
}
