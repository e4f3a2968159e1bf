// What an errand costs, asked for anew whenever it changes, and the cap that is sent with the order.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { useOnline } from "@/frame/OfflineBar";

type Quote = Schemas["ErrandQuote"];

export function useErrandQuote(
  key: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<Quote | undefined>,
  enabled = true,
) {
  const online = useOnline();
  const query = useQuery({
    queryKey: ["errand quote", ...key],
    queryFn: async ({ signal }) => (await ask(signal)) ?? null,
    enabled: enabled && online,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const quote = enabled ? (query.data ?? null) : null;
  return {
    quote,
    usd: quote?.total_usd ?? 0,
    asking: query.isFetching,
    error: enabled ? query.error : null,
    online,
    ready: enabled && online && quote !== null && !query.isFetching && !query.isError,
    again: () => void query.refetch(),
  };
}

export type ErrandPrice = ReturnType<typeof useErrandQuote>;
