import { api, type Schemas } from "@/api/client";

export interface ServiceHealth {
  readonly provider: string;
  readonly configured: boolean;
  readonly health: "good" | "refused" | "unreachable" | "unchecked" | "off";
  readonly error: string | null;
  readonly checked_at: string | null;
  readonly lists_models: boolean | null;
  readonly paused: Schemas["ProviderPause"] | null;
  readonly models: readonly Schemas["ModelCard"][];
}

/** The API's description gives this answer the shape of another one of the same name, so its shape is told here. */
export async function readServices(signal: AbortSignal): Promise<readonly ServiceHealth[]> {
  const { data } = await api.GET("/api/admin/providers", { signal });
  return (data as unknown as { readonly data: readonly ServiceHealth[] }).data;
}
