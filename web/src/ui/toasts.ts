// Short notices. A toast never carries the only copy of an error: what failed says so where it stands, too.

import { create } from "zustand";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "ok" | "danger";
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Stays until it is dismissed. */
  readonly sticky: boolean;
}

interface Toasts {
  readonly list: readonly Toast[];
}

export const useToasts = create<Toasts>(() => ({ list: [] }));

const MOST = 3;
let last = 0;

export function toast(text: string, options: Partial<Pick<Toast, "tone" | "action" | "sticky">> = {}): number {
  last += 1;
  const made: Toast = {
    id: last,
    text,
    tone: options.tone ?? "plain",
    action: options.action,
    sticky: options.sticky ?? false,
  };
  useToasts.setState(({ list }) => ({ list: [...list.filter((other) => other.text !== text), made].slice(-MOST) }));
  return made.id;
}

export function dismiss(id: number): void {
  useToasts.setState(({ list }) => ({ list: list.filter((toast) => toast.id !== id) }));
}
