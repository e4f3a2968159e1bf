import { useEffect, useRef } from "react";
import { $api, type Schemas } from "@/api/client";
import { formatLength, formatUsd } from "@/i18n/format";
import { rewriting } from "@/messages/rewriting";
import type { SceneView } from "@/project/project";
import { Confirm } from "@/ui/Confirm";

interface StaleFirstProps {
  readonly project: string;
  readonly scenes: readonly SceneView[];
  readonly change: Schemas["SceneChange"];
  readonly onClose: () => void;
  readonly onAgreed: () => void;
}

/**
 * Before a change of several scenes: which pictures it makes stale and what making them anew costs. A change that makes
 * nothing stale, or whose effect nobody can tell, is not asked about: the server refuses what may not be done.
 */
export function StaleFirst({ project, scenes, change, onClose, onAgreed }: StaleFirstProps) {
  const effect = $api.useQuery(
    "post",
    "/api/projects/{id}/effect",
    {
      params: { path: { id: project } },
      body: { changes: scenes.filter((scene) => !scene.locked).map((scene) => ({ scene_id: scene.id, change })) },
    },
    // Offline too: then nobody can tell, and the change waits like any other.
    { retry: false, staleTime: 0, gcTime: 0, networkMode: "always" },
  );
  const stale = effect.data?.stale.length ?? 0;
  const free = effect.isError || (effect.isSuccess && stale === 0);
  const agreed = useRef(onAgreed);
  agreed.current = onAgreed;
  useEffect(() => {
    if (free) agreed.current();
  }, [free]);
  if (!effect.data || stale === 0) return null;
  const { total_usd, estimated_time_seconds } = effect.data;
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={rewriting.staleTitle({ count: stale })}
      description={
        total_usd > 0
          ? rewriting.staleCosts({ cost: formatUsd(total_usd), time: formatLength(estimated_time_seconds) })
          : rewriting.staleFree({ time: formatLength(estimated_time_seconds) })
      }
      action={rewriting.staleGoOn({ count: scenes.length })}
      onConfirm={onAgreed}
    />
  );
}
