// The server's price for test pictures and a description, asked for anew whenever somebody chooses differently.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { BUILT_IN } from "@/buying/models";
import { useOnline } from "@/frame/OfflineBar";

/** Named as the one who describes photos where nobody is to. */
export const NOBODY = "none";

/** Refusals that mean: what was quoted is not what would be ordered. Nothing is spent then. */
const OUTDATED = new Set(["quote_expired", "quote_differs", "quote_outdated", "price_changed"]);

interface Wanted {
  /** Whose pictures are made anew; left out, a new character's. */
  readonly character?: string;
  readonly photos?: number;
  readonly only?: readonly number[];
  /** Whom to begin with; the server's usual models, where nobody is named. */
  readonly first?: Priced;
}

interface Priced {
  readonly image_model?: string | null;
  readonly vision_model?: string | null;
}

export function useTestQuote({ character, photos, only = [], first = {} }: Wanted) {
  const online = useOnline();
  const [chosen, setChosen] = useState<Priced>(first);
  const [changed, setChanged] = useState(false);
  const query = useQuery({
    queryKey: ["character quote", character, photos, only, chosen],
    queryFn: async ({ signal }) => {
      const { data } = await api.POST("/api/characters/quotes", {
        body: { character_id: character, photos, only: [...only], ...chosen },
        signal,
      });
      return data?.quote ?? null;
    },
    enabled: online,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
  });
  const quote = query.data ?? null;
  const priced = (quote?.config ?? {}) as Priced;
  const image = chosen.image_model ?? priced.image_model ?? BUILT_IN;
  const vision = chosen.vision_model ?? priced.vision_model ?? NOBODY;
  return {
    quote,
    image,
    vision,
    /** What an order at this price says. */
    terms: {
      image_model: image,
      vision_model: vision,
      quote_id: quote?.id ?? null,
      budget_usd: quote?.total_usd ?? null,
    },
    asking: query.isFetching,
    error: query.error,
    changed,
    ready: online && quote !== null && !query.isFetching,
    choose: (change: Priced) => setChosen((before) => ({ ...before, ...change })),
    again: () => void query.refetch(),
    /** Whether a refusal only means that the price is another by now; then it is asked for anew. */
    outdated: (refusal: unknown): boolean => {
      if (!OUTDATED.has(asProblem(refusal).code)) return false;
      setChanged(true);
      void query.refetch();
      return true;
    },
  };
}

export type TestQuote = ReturnType<typeof useTestQuote>;
