import { create } from "zustand";

type Overlay = "palette" | "shortcuts";

interface Overlays {
  readonly shown: Overlay | null;
  open(overlay: Overlay): void;
  close(): void;
}

/** The panels that lie over every screen: the command palette and the list of shortcuts. */
export const useOverlay = create<Overlays>((set) => ({
  shown: null,
  open: (shown) => set({ shown }),
  close: () => set({ shown: null }),
}));
