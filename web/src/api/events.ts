import { events } from "@/messages/events";

/** An entry of the audit log in words; the server's own word for a kind that this studio does not know yet. */
export function eventName(kind: string): string {
  return kind in events.kinds ? events.kinds[kind as keyof typeof events.kinds] : kind;
}
