// Keeps a session going without anybody noticing, and, where it cannot, holds calls back until the person has signed in
// again, so that nothing that was typed is lost.

import { create } from "zustand";

const KNOWN = "mv.signed-in";

interface Gate {
  /** Whether calls wait for the person to sign in again. */
  readonly waiting: boolean;
}

export const useSessionGate = create<Gate>(() => ({ waiting: false }));

let renewal: Promise<boolean> | null = null;
let release: ((signedIn: boolean) => void)[] = [];

/** Renews the session; many calls that fail at once renew it once. */
export function keepSession(): Promise<boolean> {
  renewal ??= fetch("/api/auth/refresh", { method: "POST" })
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

export const sessionGate = {
  /** Whether somebody signed in with this browser: visitors are not asked who they are. */
  get known(): boolean {
    return localStorage.getItem(KNOWN) === "1";
  },
  arrived(): void {
    localStorage.setItem(KNOWN, "1");
    useSessionGate.setState({ waiting: false });
    for (const go of release) go(true);
    release = [];
  },
  left(): void {
    localStorage.removeItem(KNOWN);
    useSessionGate.setState({ waiting: false });
    for (const go of release) go(false);
    release = [];
  },
  /** Resolves once the person signed in again, or with `false` when nobody was signed in or they gave up. */
  signedInAgain(): Promise<boolean> {
    if (!this.known) return Promise.resolve(false);
    useSessionGate.setState({ waiting: true });
    return new Promise((resolve) => release.push(resolve));
  },
};
