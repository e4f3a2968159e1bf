// The language in use: the signed-in person's setting, else the cookie, else what the browser asks for, else Korean.
// `public/first-paint.js` works out the last three before anything is drawn and leaves the answer on `<html lang>`.

import { useSyncExternalStore } from "react";

export type Locale = "ko" | "en";

const YEAR = 365 * 24 * 60 * 60;
const listeners = new Set<() => void>();

export function getLocale(): Locale {
  return document.documentElement.lang === "en" ? "en" : "ko";
}

/** Takes effect at once, here and on the next visit. */
export function setLocale(locale: Locale): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing in Safari, and the server reads this one
  document.cookie = `mv_locale=${locale}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
  if (locale === getLocale()) return;
  document.documentElement.lang = locale;
  for (const listener of listeners) listener();
}

export function useLocale(): Locale {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getLocale);
}
