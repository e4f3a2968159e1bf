import { useSyncExternalStore } from "react";

const full = matchMedia("(min-width: 1361px)");
const edit = matchMedia("(min-width: 1100px)");

/** How much room there is: all columns, tighter ones, or none for editing lanes. */
export function useWide(): "full" | "tight" | "review" {
  return useSyncExternalStore(
    (listener) => {
      full.addEventListener("change", listener);
      edit.addEventListener("change", listener);
      return () => {
        full.removeEventListener("change", listener);
        edit.removeEventListener("change", listener);
      };
    },
    () => (full.matches ? "full" : edit.matches ? "tight" : "review"),
  );
}
