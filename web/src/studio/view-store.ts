// How the studio is looked at: zoom, snapping, what is shown. It is nobody's data, so it is not undone and not sent; what
// a person would set again each time is remembered in the browser.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { SnapMode } from "@/engine/snapping";

export type Aspect = "16:9" | "9:16" | "1:1";
export type CompareLook = "wipe" | "side" | "flicker";

export interface View {
  /** Pixels a second. */
  readonly zoom: number;
  readonly snap: SnapMode;
  readonly follow: boolean;
  readonly loop: boolean;
  readonly guides: boolean;
  readonly captions: boolean;
  readonly aspect: Aspect;
  readonly compareLook: CompareLook;
  /** Pixels that the timeline has been made taller by. */
  readonly waveExtra: number;
}

const USUAL: View = {
  zoom: 22,
  snap: "beat",
  follow: true,
  loop: false,
  guides: false,
  captions: true,
  aspect: "16:9",
  compareLook: "wipe",
  waveExtra: 0,
};

const REMEMBERED = ["snap", "follow", "guides", "captions", "compareLook", "waveExtra"] as const;
const KEY = "mv.studio.view";

export type ViewStore = StoreApi<View>;

export function createViewStore(zoom: number): ViewStore {
  const store = createStore<View>(() => ({ ...USUAL, zoom, ...remembered() }));
  store.subscribe((view) => {
    const kept = Object.fromEntries(REMEMBERED.map((name) => [name, view[name]]));
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A full or forbidden store only means that it is set again next time.
    }
  });
  return store;
}

function remembered(): Partial<View> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Partial<View>) : {};
  } catch {
    return {};
  }
}
