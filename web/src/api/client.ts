// The one door to the server: typed calls, sessions kept going, refusals as `Problem`s.

import createFetchClient from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { earlyAnswer } from "./early";
import { newKey } from "./idempotency";
import { offline, problemOf } from "./problem";
import type { components, paths } from "./schema.gen";
import { keepSession, sessionGate } from "./session-gate";

export type Schemas = components["schemas"];

/** Routes that say who somebody is: a 401 from them is an answer, not a session that ran out. */
function asksWhoOneIs(url: string): boolean {
  const path = new URL(url, location.origin).pathname;
  return path.startsWith("/api/auth/");
}

/** As `fetch`, but renews a session that ran out, waits for a person who must sign in again, and tries once more. */
export async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const early = await earlyAnswer(request)?.catch(() => null);
  const first =
    early ??
    (await fetch(request).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      throw offline(error);
    }));
  if (first.status !== 401 || asksWhoOneIs(request.url)) return first;
  if (await keepSession()) return fetch(again);
  return (await sessionGate.signedInAgain()) ? fetch(again) : first;
}

const client = createFetchClient<paths>({ baseUrl: "", fetch: send, credentials: "same-origin" });

client.use({
  onRequest({ request }) {
    // A call that is repeated because its answer was lost must not act twice.
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", newKey());
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
    return response;
  },
});

/** Calls outside React. */
export const api = client;
/** `$api.useQuery("get", "/api/projects")` and `$api.useMutation(...)`. */
export const $api = createQueryClient(client);

/** The `If-Match` value for a version of something. */
export function ifMatch(version: number): string {
  return `"${version}"`;
}
