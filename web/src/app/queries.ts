import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";

/** Refusals are answers; only what never reached the server, or broke there, is asked again. */
function worthAsking(failures: number, error: unknown): boolean {
  const { status } = asProblem(error);
  return failures < 2 && (status === 0 || status >= 500);
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: worthAsking, staleTime: 30_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
