import { Check, CircleAlert, Eye, X } from "lucide-react";
import { characters } from "@/messages/characters";
import { Badge } from "@/ui/Badge";
import { Ring } from "@/ui/Progress";
import type { Standing } from "./character";

const LOOKS = {
  processing: { tone: "ember", icon: null },
  pending: { tone: "info", icon: <Eye aria-hidden /> },
  approved: { tone: "ok", icon: <Check aria-hidden /> },
  rejected: { tone: "plain", icon: <X aria-hidden /> },
  failed: { tone: "danger", icon: <CircleAlert aria-hidden /> },
} as const;

export function StandingBadge({ standing }: { readonly standing: Standing }) {
  const { tone, icon } = LOOKS[standing];
  const text = characters.status[standing];
  return (
    <Badge tone={tone} icon={icon ?? <Ring value={null} label={text} className="size-3" />}>
      {text}
    </Badge>
  );
}
