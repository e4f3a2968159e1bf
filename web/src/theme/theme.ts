// Dark, light or as the system has it. `public/first-paint.js` applies the choice before anything is drawn.

import { useLayoutEffect } from "react";
import { create } from "zustand";

export type ThemeChoice = "dark" | "light" | "system";

const KEY = "mv.theme";
const light = matchMedia("(prefers-color-scheme: light)");

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "system" ? value : "dark";
}

/** Whether somebody is in the editing room, which is dark whatever was chosen. */
let inRoom = false;

function apply(choice: ThemeChoice): void {
  const chosen = choice === "system" ? (light.matches ? "light" : "dark") : choice;
  const theme = inRoom ? "dark" : chosen;
  document.documentElement.dataset.theme = theme;
}

interface ThemeStore {
  readonly choice: ThemeChoice;
  choose(choice: ThemeChoice): void;
}

export const useTheme = create<ThemeStore>((set) => ({
  choice: stored(),
  choose(choice) {
    localStorage.setItem(KEY, choice);
    apply(choice);
    set({ choice });
  },
}));

light.addEventListener("change", () => apply(useTheme.getState().choice));

/** Pictures are judged in the dark: while this is shown the page is, menus and dialogs with it. */
export function useDarkRoom(): void {
  useLayoutEffect(() => {
    inRoom = true;
    apply(useTheme.getState().choice);
    return () => {
      inRoom = false;
      apply(useTheme.getState().choice);
    };
  }, []);
}
