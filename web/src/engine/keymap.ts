/**
 * The studio's keys as data. What an action does is decided by the screen; what its keys are is decided here, and the
 * help and the command palette list them from here.
 */

export const STUDIO_KEYS = {
  play: "space",
  back: "j",
  stop: "k",
  forward: "l",
  loop: "shift+l",
  beatBack: "left",
  beatForward: "right",
  sceneBack: "shift+left",
  sceneForward: "shift+right",
  sectionBack: "up",
  sectionForward: "down",
  start: "home",
  end: "end",
  split: "s",
  merge: "m",
  snap: "n",
  undo: "mod+z",
  redo: "mod+shift+z mod+y",
  lock: "a",
  follow: "f",
  zoomIn: "+ =",
  zoomOut: "-",
  fit: "shift+z",
  guides: "g",
  compare: "z",
  nextVersion: "v",
  prompt: "enter",
  regenerate: "r",
  comment: "c",
  make: "mod+enter",
} as const;

export type StudioAction = keyof typeof STUDIO_KEYS;

/** Actions that make no sense in a list of commands: they move about or hold a key down. */
export const KEYS_ONLY: ReadonlySet<StudioAction> = new Set<StudioAction>([
  "back",
  "stop",
  "forward",
  "beatBack",
  "beatForward",
  "sceneBack",
  "sceneForward",
  "sectionBack",
  "sectionForward",
  "start",
  "end",
]);
