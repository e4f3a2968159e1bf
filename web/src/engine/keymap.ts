/**
 * The studio's keys as data: what they do is decided by the screen, what they are is decided here, and the help lists
 * them from here. Single keys are off while somebody types, composes Hangul, or has a dialog open.
 */

export type KeyAction =
  | "play" | "shuttle-back" | "stop" | "shuttle-forward"
  | "beat-back" | "beat-forward" | "scene-back" | "scene-forward" | "section-back" | "section-forward"
  | "start" | "end" | "split" | "merge" | "snap" | "loop" | "follow" | "zoom-in" | "zoom-out" | "fit"
  | "compare" | "next-version" | "edit-prompt" | "regenerate" | "approve" | "reject" | "comment" | "guides" | "captions"
  | "undo" | "redo" | "main" | "help";

export interface KeyBinding {
  readonly action: KeyAction;
  /** `KeyboardEvent.key`, lower-cased; letters are also matched by `code`, for keyboards that write Hangul. */
  readonly key: string;
  readonly code?: string;
  readonly shift?: boolean;
  /** ⌘ on a Mac, Ctrl elsewhere. */
  readonly mod?: boolean;
  readonly group: "play" | "move" | "edit" | "view" | "scene" | "app";
}

const letter = (
  action: KeyAction,
  key: string,
  group: KeyBinding["group"],
  more: Pick<KeyBinding, "shift" | "mod"> = {},
): KeyBinding => ({ action, key, code: `Key${key.toUpperCase()}`, group, ...more });

export const KEYMAP: readonly KeyBinding[] = [
  { action: "play", key: " ", group: "play" },
  letter("shuttle-back", "j", "play"),
  letter("stop", "k", "play"),
  letter("shuttle-forward", "l", "play"),
  letter("loop", "l", "play", { shift: true }),
  { action: "beat-back", key: "arrowleft", group: "move" },
  { action: "beat-forward", key: "arrowright", group: "move" },
  { action: "scene-back", key: "arrowleft", shift: true, group: "move" },
  { action: "scene-forward", key: "arrowright", shift: true, group: "move" },
  { action: "section-back", key: "arrowup", group: "move" },
  { action: "section-forward", key: "arrowdown", group: "move" },
  { action: "start", key: "home", group: "move" },
  { action: "end", key: "end", group: "move" },
  letter("split", "s", "edit"),
  letter("merge", "m", "edit"),
  letter("snap", "n", "edit"),
  letter("undo", "z", "edit", { mod: true }),
  letter("redo", "z", "edit", { mod: true, shift: true }),
  letter("follow", "f", "view"),
  { action: "zoom-in", key: "+", group: "view" },
  { action: "zoom-in", key: "=", group: "view" },
  { action: "zoom-out", key: "-", group: "view" },
  letter("fit", "z", "view", { shift: true }),
  letter("guides", "g", "view"),
  letter("compare", "z", "scene"),
  letter("next-version", "v", "scene"),
  { action: "edit-prompt", key: "enter", group: "scene" },
  letter("regenerate", "r", "scene"),
  letter("approve", "a", "scene"),
  letter("reject", "x", "scene"),
  letter("comment", "c", "scene"),
  { action: "main", key: "enter", mod: true, group: "app" },
  { action: "help", key: "?", group: "app" },
];

/** What is known of a key press; a `KeyboardEvent` fits. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

/** Keys whose shifted sign is the key itself: `+` and `?` come with Shift on most keyboards, and without it on some. */
const SIGNS = new Set(["+", "?", "="]);

export function actionOf(press: KeyPress, where: { typing: boolean; dialog: boolean; singleKeys: boolean }): KeyAction | null {
  if (press.isComposing || press.altKey || where.dialog) return null;
  const mod = press.ctrlKey || press.metaKey;
  if (where.typing && !(mod && press.key === "Enter")) return null;
  const key = press.key.toLowerCase();
  const found = KEYMAP.find((binding) => {
    if ((binding.mod ?? false) !== mod) return false;
    if (!SIGNS.has(binding.key) && (binding.shift ?? false) !== press.shiftKey) return false;
    return binding.code === undefined ? binding.key === key : binding.code === press.code;
  });
  if (!found) return null;
  const isSingle = !found.mod && (found.code !== undefined || SIGNS.has(found.key) || found.key === "-");
  return isSingle && !where.singleKeys ? null : found.action;
}
