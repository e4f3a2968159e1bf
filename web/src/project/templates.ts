import { useQuery } from "@tanstack/react-query";
import { $api, type Schemas } from "@/api/client";

export type Template = Schemas["TemplateCard"];

export function useTemplates() {
  return useQuery({ ...$api.queryOptions("get", "/api/templates"), staleTime: Number.POSITIVE_INFINITY });
}
