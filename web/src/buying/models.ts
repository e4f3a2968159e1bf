// The models that this person can order from: those the server has keys for, and those of services they gave a key for.

import { $api, type Schemas } from "@/api/client";

export type Model = Schemas["Model"];
export type ModelKind = Schemas["ModelKind"];

/** What people call a model; its id where the list does not know it any more. */
export function useModelName(): (id: string) => string {
  const { data } = $api.useQuery("get", "/api/models", {}, { staleTime: FRESH });
  return (id) => data?.models.find((model) => model.id === id)?.name ?? id;
}

/** The maker that draws for nothing, under either of its names. */
export const BUILT_IN = "animatic";
const BUILT_IN_STILL = "animatic-still";
const FRESH = 10 * 60_000;

export function useModels(kind: ModelKind): { readonly models: readonly Model[]; readonly known: boolean } {
  const { data: all } = $api.useQuery("get", "/api/models", {}, { staleTime: FRESH });
  const { data: keys } = $api.useQuery("get", "/api/users/me/provider-keys", {}, { staleTime: FRESH });
  const own = new Set(keys?.data.map((key) => key.provider));
  const models = (all?.models ?? []).filter(
    (model) =>
      model.kind === kind &&
      model.id !== BUILT_IN &&
      model.id !== BUILT_IN_STILL &&
      (model.available || (own.has(model.provider) && !model.unavailable_because)),
  );
  return { models, known: all !== undefined && keys !== undefined };
}
