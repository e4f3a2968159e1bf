// Why something that was ordered failed, known by its code. The words for what only services and scenes do wrong come with
// the first failure.

import { knows, Problem } from "./problem";

/** What an order or a task says of its failure. */
export interface Failure {
  readonly code?: string | null;
  readonly message?: string | null;
  readonly hint?: string | null;
}

/** What is said where the studio has no words for the code: the server's, beneath a title where there is one. */
export interface Otherwise {
  readonly code: string;
  readonly title?: string;
}

/** As an error that panels can show, with the words that are there. */
export function failureWith({ code, message, hint }: Failure, { code: usual, title }: Otherwise): Problem {
  if (code && knows(code)) return new Problem({ code, status: 0, detail: message ?? undefined, hint });
  return new Problem({ code: usual, status: 0, detail: title ?? message ?? undefined, hint: title ? message : hint });
}

/** As an error that panels can show. */
export async function failureOf(failure: Failure, otherwise: Otherwise): Promise<Problem> {
  await import("@/messages/failures");
  return failureWith(failure, otherwise);
}
