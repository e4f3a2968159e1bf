import type { Schemas } from "@/api/client";

type Model = Schemas["ModelCard"];

export interface Service {
  readonly provider: string;
  readonly kinds: readonly Model["kind"][];
  readonly needsKey: boolean;
  readonly available: boolean;
}

/** The services behind the models that leave this server, each with what it makes. */
export function services(models: readonly Model[]): readonly Service[] {
  const outside = models.filter((model) => model.needs_network);
  return [...new Set(outside.map((model) => model.provider))].map((provider) => {
    const own = outside.filter((model) => model.provider === provider);
    return {
      provider,
      kinds: [...new Set(own.map((model) => model.kind))],
      needsKey: own.some((model) => model.needs_key),
      available: own.some((model) => model.available),
    };
  });
}
