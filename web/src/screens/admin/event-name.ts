import { analytics } from "@/messages/analytics";

/** A counted event in words; the server's own word for one that this studio does not know yet. */
export function eventName(name: string): string {
  return name in analytics.names ? analytics.names[name as keyof typeof analytics.names] : name;
}
