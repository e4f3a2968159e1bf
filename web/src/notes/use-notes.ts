import { useMutation, useQueryClient } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";

export type Note = Schemas["CommentView"];

const MOST = 100;

function notesKey(project: string) {
  return $api.queryOptions("get", "/api/projects/{id}/comments", {
    params: { path: { id: project }, query: { limit: MOST } },
  });
}

/** A project's comments, and what can be done with them. */
export function useNotes(project: string) {
  const queries = useQueryClient();
  const query = $api.useQuery("get", "/api/projects/{id}/comments", {
    params: { path: { id: project }, query: { limit: MOST } },
  });
  const fresh = { onSuccess: () => queries.invalidateQueries({ queryKey: notesKey(project).queryKey }) };
  const write = useMutation({
    mutationFn: (body: Schemas["NewComment"]) =>
      api.POST("/api/projects/{id}/comments", { params: { path: { id: project } }, body }),
    ...fresh,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: Schemas["CommentChange"] & { readonly id: string }) =>
      api.PATCH("/api/projects/{id}/comments/{comment_id}", {
        params: { path: { id: project, comment_id: id } },
        body,
      }),
    ...fresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/projects/{id}/comments/{comment_id}", { params: { path: { id: project, comment_id: id } } }),
    ...fresh,
  });
  return { notes: query.data?.data ?? [], query, write, change, remove };
}

export type NotesOf = ReturnType<typeof useNotes>;
