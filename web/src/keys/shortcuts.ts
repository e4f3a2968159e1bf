// Every shortcut of the page in one register: it is what the keys do, what `?` lists and what the command palette offers.

import { useEffect, useRef } from "react";
import { create } from "zustand";

export interface Command {
  readonly id: string;
  readonly label: string;
  /** The heading it stands under in `?` and the palette. */
  readonly group: string;
  /** Such as `space`, `shift+left`, `mod+k`; several that do the same are parted by a space. */
  readonly keys?: string;
  /** Left out of the palette: moving about makes no sense there. */
  readonly keysOnly?: boolean;
  readonly disabled?: boolean;
  /** Also while a field has the focus or a dialog is open: for keys with a modifier. */
  readonly anywhere?: boolean;
  readonly run: (event?: KeyboardEvent) => void;
}

interface Register {
  readonly commands: readonly Command[];
}

export const useCommandRegister = create<Register>(() => ({ commands: [] }));

const SINGLE_KEYS = "mv.single-keys";

/** Single-key shortcuts can be switched off (WCAG 2.1.4). */
export const useSingleKeys = create<{ readonly on: boolean; set(on: boolean): void }>((set) => ({
  on: localStorage.getItem(SINGLE_KEYS) !== "off",
  set(on) {
    localStorage.setItem(SINGLE_KEYS, on ? "on" : "off");
    set({ on });
  },
}));

const NAMES: Readonly<Record<string, string>> = {
  " ": "space",
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** The pressed keys as they are written above. Letters go by their place, so that they work with Hangul switched on. */
export function chord(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = letter ?? NAMES[event.key] ?? event.key.toLowerCase();
  const marks = [
    (event.metaKey || event.ctrlKey) && "mod",
    event.altKey && "alt",
    // `?` and `+` are typed with shift on most keyboards: there it is no modifier.
    event.shiftKey && (letter !== undefined || key.length > 1) && "shift",
  ];
  return [...marks.filter(Boolean), key].join("+");
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type);
}

/** Keys that a control with the focus uses itself. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const key = NAMES[event.key] ?? event.key.toLowerCase();
  if (key === "space" || key === "enter")
    return (
      target.closest("button,a,input,summary,[role=button],[role=menuitem],[role=option],[role=checkbox]") !== null
    );
  if (["left", "right", "up", "down", "home", "end"].includes(key)) {
    return (
      target.closest(
        "[role=slider],input[type=range],input[type=radio],[role=tablist],[role=menu],[role=listbox],video,audio",
      ) !== null
    );
  }
  return false;
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const pressed = chord(event);
  const quiet =
    isField(event.target) ||
    document.querySelector("[role=dialog][data-state=open],[role=alertdialog][data-state=open]") !== null;
  const single = !/^(mod|alt)\+/.test(pressed);
  if (single && pressed.length === 1 && !useSingleKeys.getState().on) return;
  // The newest register wins: a screen may take over a key of the frame around it.
  const command = useCommandRegister
    .getState()
    .commands.findLast(
      (known) => !known.disabled && known.keys?.split(" ").includes(pressed) && (known.anywhere || !quiet),
    );
  if (!command || (single && !command.anywhere && isTaken(event))) return;
  event.preventDefault();
  command.run(event);
}

let listening = false;

/** Puts commands on the register for as long as the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  const signature = commands
    .map((command) => `${command.id}|${command.label}|${command.keys}|${command.disabled}`)
    .join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is run is read when it is run; the register changes with the signature
  useEffect(() => {
    if (!listening) {
      listening = true;
      addEventListener("keydown", onKey);
    }
    const mine = latest.current.map(
      (command, index): Command => ({ ...command, run: (event) => latest.current[index]?.run(event) }),
    );
    useCommandRegister.setState(({ commands: others }) => ({ commands: [...others, ...mine] }));
    return () =>
      useCommandRegister.setState(({ commands: others }) => ({
        commands: others.filter((other) => !mine.includes(other)),
      }));
  }, [signature]);
}
