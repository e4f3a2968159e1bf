import { type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { create } from "zustand";

const SLOT = "top-bar-actions";

/** Where a step puts its own buttons: right in the project's top bar. */
export function TopBarSlot() {
  return <div id={SLOT} className="flex items-center gap-1.5 empty:hidden" />;
}

export function TopBarActions({ children }: { readonly children: ReactNode }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useEffect(() => setSlot(document.getElementById(SLOT)), []);
  return slot ? createPortal(children, slot) : null;
}

/** How many changes are on their way to the server: the line under the project's title says so. */
export const useSaving = create<{ readonly pending: number }>(() => ({ pending: 0 }));

export async function whileSaving<T>(work: Promise<T>): Promise<T> {
  useSaving.setState(({ pending }) => ({ pending: pending + 1 }));
  try {
    return await work;
  } finally {
    useSaving.setState(({ pending }) => ({ pending: pending - 1 }));
  }
}
