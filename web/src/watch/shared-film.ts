// The calls that the holder of a link makes. They need no session, so they need nothing of the studio's client either.

import type { components } from "@/api/schema.gen";

export type SharedFilm = components["schemas"]["SharedView"];
export type SharedComment = components["schemas"]["SharedCommentView"];

export type Refusal =
  | { readonly kind: "password"; readonly wrong: boolean }
  | { readonly kind: "gone" }
  | { readonly kind: "later"; readonly seconds: number }
  | { readonly kind: "failed" };

export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/** Header values are bytes: a password in any alphabet goes percent-encoded. */
function head(password: string | null): Record<string, string> {
  return password === null ? {} : { "X-Share-Password": encodeURIComponent(password) };
}

async function refusalOf(response: Response): Promise<Refusal> {
  if (response.status === 429) return { kind: "later", seconds: Number(response.headers.get("retry-after")) || 30 };
  if (response.status === 404) return { kind: "gone" };
  if (response.status !== 401) return { kind: "failed" };
  const body: unknown = await response.json().catch(() => null);
  const code = typeof body === "object" && body !== null && "code" in body ? body.code : null;
  return { kind: "password", wrong: code === "password_wrong" };
}

async function ask<T>(path: string, password: string | null, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(path, { ...init, headers: { ...head(password), ...init.headers } }).catch(() => null);
  if (!answer) throw new Refused({ kind: "failed" });
  if (!answer.ok) throw new Refused(await refusalOf(answer));
  return (await answer.json()) as T;
}

const path = (token: string) => `/api/shared/${encodeURIComponent(token)}`;

export function openShared(token: string, password: string | null): Promise<SharedFilm> {
  return ask(path(token), password);
}

export async function commentsOf(token: string, password: string | null): Promise<SharedComment[]> {
  return (await ask<{ comments: SharedComment[] }>(`${path(token)}/comments`, password)).comments;
}

export async function say(
  token: string,
  password: string | null,
  comment: { readonly author_name: string; readonly body: string; readonly at_seconds: number | null },
): Promise<SharedComment> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(comment) };
  return (await ask<{ comment: SharedComment }>(`${path(token)}/comments`, password, init)).comment;
}
