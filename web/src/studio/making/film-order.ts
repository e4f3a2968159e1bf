// How a film is ordered: a few choices of the person's, as the server's settings.

import type { Schemas } from "@/api/client";
import type { MakingConfig } from "@/engine/price";
import { USUAL_CONFIG } from "@/engine/price";
import type { Aspect } from "../view-store";

type Body = Schemas["VideoConfigBody"];

const QUALITIES = {
  draft: { quality_tier: "draft", resolution: "720p" },
  standard: { quality_tier: "standard", resolution: "1080p" },
  best: { quality_tier: "premium", resolution: "4k" },
} as const;
export type Quality = keyof typeof QUALITIES;

export interface FilmOrder {
  readonly quality: Quality;
  readonly aspect: Aspect;
  readonly captions: "template" | "none" | "line" | "karaoke";
  readonly imageModel: string | null;
  readonly videoModel: string | null;
}

/** The order as it was last time, for the shape that is looked at. */
export function usualOrder(last: Schemas["VideoJobView"] | null, aspect: Aspect): FilmOrder {
  const config = (last?.config ?? {}) as Partial<Body>;
  const quality = (Object.keys(QUALITIES) as Quality[]).find((one) => QUALITIES[one].resolution === config.resolution);
  const { captions } = config;
  return {
    quality: quality ?? "standard",
    aspect,
    captions: captions === "none" || captions === "line" || captions === "karaoke" ? captions : "template",
    imageModel: config.image_model ?? null,
    videoModel: config.video_model ?? null,
  };
}

/** All that an order says; what nobody is asked about is as the server has it. */
export function orderBody({ quality, aspect, captions, imageModel, videoModel }: FilmOrder): Body {
  return {
    ...QUALITIES[quality],
    aspect,
    captions: captions === "template" ? null : captions,
    image_model: imageModel,
    video_model: videoModel,
    fps: USUAL_CONFIG.fps,
    grade: null,
    model_selections: {},
    image_fallbacks: [],
    video_fallbacks: [],
    retakes: 0,
    likeness: null,
    budget_usd: null,
  };
}

/** The settings of the last order: what a single scene is made with. */
export function lastConfig(last: Schemas["VideoJobView"] | null): MakingConfig {
  return { ...USUAL_CONFIG, ...((last?.config ?? {}) as Partial<MakingConfig>) };
}
