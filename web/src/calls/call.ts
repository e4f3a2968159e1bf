import type { Schemas } from "@/api/client";
import { serviceName } from "@/api/services";
import { usage } from "@/messages/usage";

export type Call = Schemas["PaidCall"];
export type Outcome = Schemas["CallOutcome"];

/** What a call was for; the server's own word where this studio has none. */
export function capabilityName(call: Call): string {
  const { capability } = call;
  return capability in usage.capabilities
    ? usage.capabilities[capability as keyof typeof usage.capabilities]
    : capability;
}

export function fundingName(call: Call): string {
  const { funding } = call;
  return funding in usage.fundings ? usage.fundings[funding as keyof typeof usage.fundings] : funding;
}

/** `영상 · Kling AI`: tells calls apart for readers. */
export function callName(call: Call): string {
  return `${capabilityName(call)} · ${serviceName(call.provider)}`;
}

const OUTCOMES: readonly Outcome[] = ["not_taken", "taken", "refunded", "charged"];

/** The outcomes that whoever looks may choose, in the server's order. */
export function choices(call: Call): readonly Outcome[] {
  const allowed = new Set(call.advice?.outcomes.map(({ outcome }) => outcome));
  return OUTCOMES.filter((outcome) => allowed.has(outcome));
}

const MOST_USD = 10_000;

/** An amount that was typed: `null` for none, `undefined` for one that is none. */
export function amountOf(text: string): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  const amount = /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN;
  return amount >= 0 && amount <= MOST_USD ? amount : undefined;
}

/** What is sent for an outcome: each takes only what belongs to it. */
export function resolution(outcome: Outcome, jobId: string, amount: string): Schemas["CallResolution"] | null {
  if (outcome === "taken") return jobId.trim() === "" ? null : { outcome, provider_job_id: jobId.trim() };
  if (outcome !== "charged") return { outcome };
  const cost = amountOf(amount);
  return cost === undefined ? null : { outcome, cost_usd: cost };
}
