// The server's price for a film, asked for anew whenever the order or the scenes change, and its time to live.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { useStudio } from "../context";
import { type FilmOrder, orderBody } from "./film-order";

export function useQuote(project: string, settings: FilmOrder, ready: boolean) {
  const queries = useQueryClient();
  const { version } = useStudio().project;
  const key = ["quote", project, version, settings];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const { data } = await api.POST("/api/projects/{id}/quotes", {
        params: { path: { id: project } },
        body: { config: orderBody(settings) },
        signal,
      });
      return data?.quote ?? null;
    },
    enabled: ready,
    // A quote is a promise with a date: an old one is never shown again.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
  });
  const quote = query.data ?? null;
  return {
    quote,
    error: query.error,
    asking: query.isFetching,
    left: useSecondsLeft(quote?.expires_at ?? null),
    again: () => void queries.invalidateQueries({ queryKey: ["quote", project] }),
  };
}

function useSecondsLeft(until: string | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!until) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return until ? Math.max(0, Math.floor((new Date(until).getTime() - now) / 1000)) : null;
}
