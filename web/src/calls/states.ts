import { usage } from "@/messages/usage";

/** What lists of calls can be narrowed to, with the server's words for it. */
export const STATES = {
  all: undefined,
  running: "reserved,submitting,submitted",
  succeeded: "succeeded",
  failed: "failed",
  unknown: "unknown",
} as const;

export type StateChoice = keyof typeof STATES;

export function stateChoices() {
  return [
    { value: "all", label: usage.all },
    { value: "running", label: usage.running },
    { value: "succeeded", label: usage.states.succeeded },
    { value: "failed", label: usage.states.failed },
    { value: "unknown", label: usage.states.unknown },
  ] as const;
}
