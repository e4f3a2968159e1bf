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

interface Saving {
  /** Changes on their way to the server. */
  readonly pending: number;
  /** Changes kept here until the server can be reached. */
  readonly kept: number;
}

/** What is not saved yet: the line under the project's title says so. */
export const useSaving = create<Saving>(() => ({ pending: 0, kept: 0 }));

export async function whileSaving<T>(work: Promise<T>): Promise<T> {
  useSaving.setState(({ pending }) => ({ pending: pending + 1 }));
  try {
    return await work;
  } finally {
    useSaving.setState(({ pending }) => ({ pending: pending - 1 }));
  }
}
