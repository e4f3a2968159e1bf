import { RefreshCw } from "lucide-react";
import { $api, type Schemas } from "@/api/client";
import { formatUsd } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { useSaveStatus } from "../context";
import type { Scene } from "../scene";

interface EffectLineProps {
  readonly scene: Scene;
  readonly change: Schemas["SceneChange"];
}

/** What a change makes stale and what making that anew costs, before it is made; nothing where it makes nothing stale. */
export function EffectLine({ scene, change }: EffectLineProps) {
  const saving = useSaveStatus().state !== "saved";
  const { data } = $api.useQuery(
    "post",
    "/api/scenes/{id}/effect",
    { params: { path: { id: scene.id } }, body: change },
    { enabled: !saving, retry: false, staleTime: 0 },
  );
  if (!data || data.stale.length === 0) return null;
  return (
    <p className="flex items-start gap-2 text-fg-3 text-xs">
      <RefreshCw aria-hidden className="mt-px size-3.5 shrink-0" />
      {data.total_usd > 0
        ? studio.staleCosts({ count: data.stale.length, cost: formatUsd(data.total_usd) })
        : studio.staleFree({ count: data.stale.length })}
    </p>
  );
}
