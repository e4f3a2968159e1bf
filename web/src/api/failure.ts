// Why something that was ordered failed, where the studio has words of its own for it. Workers write a sentence down, not
// a code.

import { Problem } from "./problem";

const KNOWN = [
  [/\bof credits, and .+ left\b/, "too_few_credits"],
  [/\babove the budget of\b/, "over_budget"],
] as const;

/** The refusal behind a worker's sentence; `null` where it is another. */
export function failureOf(sentence: string): Problem | null {
  const code = KNOWN.find(([said]) => said.test(sentence))?.[1];
  return code ? new Problem({ code, status: 0, detail: sentence }) : null;
}
