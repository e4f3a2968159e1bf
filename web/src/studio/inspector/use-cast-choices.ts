import { useMemo } from "react";
import { $api } from "@/api/client";
import { portraitOf } from "@/screens/characters/character";
import type { CastChoice } from "./MentionPrompt";

/** Everybody whom the storyboard knows: who may be put into a scene. */
export function useCastChoices(project: string): readonly CastChoice[] {
  const { data } = $api.useQuery(
    "get",
    "/api/projects/{id}/plan",
    { params: { path: { id: project } } },
    { staleTime: 5 * 60_000 },
  );
  // Somebody else's characters have no picture here, only a name.
  const { data: mine } = $api.useQuery(
    "get",
    "/api/characters",
    { params: { query: { limit: 100 } } },
    { staleTime: 5 * 60_000 },
  );
  return useMemo(() => {
    const portraits = new Map(mine?.data.map((one) => [one.id, portraitOf(one)]));
    const cast = (data as { cast?: unknown } | undefined)?.cast;
    if (!Array.isArray(cast)) return [];
    return cast.flatMap((one: unknown): CastChoice[] => {
      if (typeof one !== "object" || one === null || !("id" in one)) return [];
      const id = String(one.id);
      const name = "name" in one && typeof one.name === "string" && one.name !== "" ? one.name : id;
      const character = "character" in one ? String(one.character) : id;
      return [{ id, name, portrait: portraits.get(character) }];
    });
  }, [data, mine]);
}
