import { events } from "@/messages/events";
import { events as korean } from "@/messages/ko/events";

/** An entry of the audit log in words; the server's own word for a kind that this studio does not know yet. */
export function eventName(kind: string): string {
  return kind in events.kinds ? events.kinds[kind as keyof typeof events.kinds] : kind;
}

/** The kinds that lists can be narrowed to. */
export const EVENT_KINDS = Object.keys(korean.kinds);
