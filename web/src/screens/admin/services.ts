import { api, type Schemas } from "@/api/client";

export type ServiceHealth = Schemas["Service"];

export async function readServices(signal: AbortSignal): Promise<readonly ServiceHealth[]> {
  const { data } = await api.GET("/api/admin/providers", { signal });
  return data?.data ?? [];
}
