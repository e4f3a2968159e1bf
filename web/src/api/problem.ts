// What a refusal says (RFC 9457), as an error that screens can show.

import { errors } from "@/messages/errors";
import { shortage } from "./shortage";

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

interface ProblemDocument {
  readonly code: string;
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string | null;
  readonly request_id?: string | null;
  readonly errors?: readonly FieldProblem[];
  readonly [more: string]: unknown;
}

interface Words {
  readonly title: string;
  readonly hint: string;
}

const known: Readonly<Record<string, Words>>[] = [errors.codes];

/** Adds refusals that only some pages meet: their words come with the code of those pages. */
export function knowRefusals(codes: Readonly<Record<string, Words>>): void {
  known.push(codes);
}

/** Whether there are words of the studio's own for a code. */
export function knows(code: string): boolean {
  return known.some((codes) => code in codes);
}

export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  /** What belongs to this kind of problem alone, such as `required_plan` or `retry_after_seconds`. */
  readonly more: Readonly<Record<string, unknown>>;
  private readonly serverHint: string | null;

  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title ?? document.code);
    this.name = "Problem";
    this.code = document.code;
    this.status = document.status;
    this.requestId = document.request_id ?? null;
    this.fields = document.errors ?? [];
    this.more = document;
    this.serverHint = document.hint ?? null;
  }

  /** What went wrong, in the person's language; the server's own words for what has none. */
  get title(): string {
    return shortage(this)?.title ?? this.known?.title ?? this.message;
  }

  /** What the person can do about it. */
  get hint(): string | null {
    const known = shortage(this) ?? this.known;
    return known ? known.hint || null : this.serverHint;
  }

  /** Seconds until it may be tried again. */
  get retryAfter(): number | null {
    const seconds = this.more.retry_after_seconds;
    return typeof seconds === "number" ? seconds : null;
  }

  private get known(): Words | undefined {
    return known.find((codes) => this.code in codes)?.[this.code];
  }
}

const OFFLINE = 0;

export function offline(cause: unknown): Problem {
  const problem = new Problem({ code: "offline", status: OFFLINE });
  problem.cause = cause;
  return problem;
}

export async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get("x-request-id");
  const fallback = {
    code: response.status >= 500 ? "unavailable" : "bad_request",
    status: response.status,
    request_id: requestId,
  };
  const body: unknown = await response.json().catch(() => null);
  const asked = response.url === "" ? "" : new URL(response.url).pathname;
  const retryAfter = Number(response.headers.get("retry-after"));
  const more = Number.isFinite(retryAfter) && retryAfter > 0 ? { retry_after_seconds: retryAfter } : {};
  if (typeof body !== "object" || body === null || !("code" in body)) return new Problem({ ...fallback, ...more });
  return new Problem({ ...fallback, ...more, asked, ...(body as Partial<ProblemDocument>) });
}

/** Any error as a problem, so that every error panel can say the same things. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const problem = new Problem({
    code: "studio_broke",
    status: OFFLINE,
    detail: error instanceof Error ? error.message : String(error),
  });
  problem.cause = error;
  return problem;
}
