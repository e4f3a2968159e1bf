// Answers that were asked for before the studio's own code was there (`first-paint.js`).

interface Early {
  readonly at: number;
  readonly answer: Promise<Response>;
}

declare global {
  interface Window {
    mvEarly?: Map<string, Early>;
  }
}

/** Older ones say what was; whoever asks now wants what is. */
const FRESH_MS = 10_000;

/** The answer to a call that is already on its way, once; nothing when there is none, or none worth having. */
export function earlyAnswer(request: Request, now = performance.now()): Promise<Response> | null {
  if (request.method !== "GET") return null;
  const { pathname, search } = new URL(request.url, location.origin);
  const found = window.mvEarly?.get(pathname + search);
  if (!found) return null;
  window.mvEarly?.delete(pathname + search);
  return now - found.at < FRESH_MS ? found.answer : null;
}
