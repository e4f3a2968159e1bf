// Dark, light or as the system has it. `public/first-paint.js` applies the choice before anything is drawn.

import { create } from "zustand";

export type ThemeChoice = "dark" | "light" | "system";

const KEY = "mv.theme";
const light = matchMedia("(prefers-color-scheme: light)");

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "system" ? value : "dark";
}

function apply(choice: ThemeChoice): void {
  const theme = choice === "system" ? (light.matches ? "light" : "dark") : choice;
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
