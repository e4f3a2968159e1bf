// Who works on a project besides its owner.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";

export type Collaborator = Schemas["CollaboratorView"];
export type Role = Schemas["Invitation"]["role"];

/** As they are called: by name, else by the address they sign in with. */
export function nameOf(person: Collaborator): string {
  return person.name?.trim() || person.email;
}

export function usePeople(project: string) {
  const queries = useQueryClient();
  const path = { params: { path: { id: project } } };
  const options = $api.queryOptions("get", "/api/projects/{id}/collaborators", path);
  const query = $api.useQuery("get", "/api/projects/{id}/collaborators", path);
  const invite = useMutation({
    mutationFn: async (body: { email: string; role: Role }) =>
      (await api.POST("/api/projects/{id}/collaborators", { ...path, body })).data,
    onSuccess: (answer) => answer && queries.setQueryData(options.queryKey, answer),
  });
  const remove = useMutation({
    mutationFn: (user: string) =>
      api.DELETE("/api/projects/{id}/collaborators/{user_id}", { params: { path: { id: project, user_id: user } } }),
  });
  return { query, invite, remove, fresh: () => queries.invalidateQueries({ queryKey: options.queryKey }) };
}
