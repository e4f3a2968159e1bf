import { useMemo } from "react";
import { $api } from "@/api/client";
import type { CastChoice } from "./MentionPrompt";

/** Everybody whom the storyboard knows: who may be put into a scene. */
export function useCastChoices(project: string): readonly CastChoice[] {
  const { data } = $api.useQuery(
    "get",
    "/api/projects/{id}/plan",
    { params: { path: { id: project } } },
    { staleTime: 5 * 60_000 },
  );
  return useMemo(() => {
    const cast = (data as { cast?: unknown } | undefined)?.cast;
    if (!Array.isArray(cast)) return [];
    return cast.flatMap((one: unknown): CastChoice[] => {
      if (typeof one !== "object" || one === null || !("id" in one)) return [];
      const id = String(one.id);
      return [{ id, name: "name" in one && typeof one.name === "string" && one.name !== "" ? one.name : id }];
    });
  }, [data]);
}
