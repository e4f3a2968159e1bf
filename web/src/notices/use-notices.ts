import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import { useNoticeState } from "@/api/live";

const PAGE = 30;
const KEY = ["notices"] as const;

/** How many are unread and which is the newest, as it stands now; nothing until that is known. */
export function useUnread(): { readonly unread: number; readonly newest: number | null } {
  const queries = useQueryClient();
  const state = useNoticeState();
  const newest = state?.newest ?? null;
  // A new one is in the list as soon as it is looked at again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state is news, also one that only read some
  useEffect(() => void queries.invalidateQueries({ queryKey: KEY }), [queries, state]);
  return { unread: state?.unread ?? 0, newest };
}

export function useNotices() {
  const queries = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: KEY,
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, before: pageParam };
      const { data } = await api.GET("/api/notifications", { params: { query }, signal });
      if (!data) throw new Error("the server did not say what there is");
      return data;
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const read = useMutation({
    mutationFn: (body: { ids: string[] } | { up_to: number }) => api.POST("/api/notifications/read", { body }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return { list, read };
}
