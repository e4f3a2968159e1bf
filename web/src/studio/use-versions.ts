import { useMemo } from "react";
import { $api } from "@/api/client";
import type { Scene, Version } from "./scene";
import { withStableUrls } from "./signed-urls";

/** A scene's versions, oldest first, and which of them the scene is now. They are asked for anew when the scene changes. */
export function useVersions(scene: Scene | null) {
  const query = $api.useQuery(
    "get",
    "/api/scenes/{id}/versions",
    { params: { path: { id: scene?.id ?? "" } } },
    { enabled: scene !== null && !scene.id.startsWith("new-"), placeholderData: (before) => before },
  );
  const versions = useMemo(
    () => (query.data?.versions ?? []).map(withStableUrls).sort((a: Version, b: Version) => a.number - b.number),
    [query.data],
  );
  return { versions, current: versions.find((version) => version.is_current) ?? null, query };
}
