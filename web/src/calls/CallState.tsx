import { CircleCheck, CircleHelp, CircleX, Clock } from "lucide-react";
import { usage } from "@/messages/usage";
import { Badge } from "@/ui/Badge";

const LOOKS = {
  succeeded: { tone: "ok", Icon: CircleCheck },
  failed: { tone: "danger", Icon: CircleX },
  unknown: { tone: "warn", Icon: CircleHelp },
} as const;

export function CallState({ state }: { readonly state: string }) {
  const look = state in LOOKS ? LOOKS[state as keyof typeof LOOKS] : ({ tone: "info", Icon: Clock } as const);
  const name = state in usage.states ? usage.states[state as keyof typeof usage.states] : state;
  return (
    <Badge tone={look.tone} icon={<look.Icon aria-hidden />}>
      {name}
    </Badge>
  );
}
