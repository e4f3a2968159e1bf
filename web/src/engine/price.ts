/**
 * What making scenes costs and how long it takes, by the server's own rules (`quotes::price_of`). The server quotes a
 * whole film; for one scene the studio shows this, and the server never spends more than the same sum.
 */

import { clipSeconds, type FilmScene, filmSpans } from "./film-timeline";

export interface PricedModel {
  readonly id: string;
  readonly kind: string;
  readonly clip_seconds: readonly number[];
  readonly price_usd: number;
  readonly price_unit: string;
  readonly needs_network: boolean;
  readonly available: boolean;
}

export interface MakingConfig {
  readonly quality_tier: string;
  readonly resolution: string;
  readonly fps: number;
  readonly aspect: string;
  readonly image_model?: string | null;
  readonly video_model?: string | null;
  readonly model_selections?: Readonly<Record<string, string>>;
}

export type Remake = "image" | "video" | "both";

export interface Price {
  readonly usd: number;
  readonly seconds: number;
  /** A scene that is longer than the longest clip of its model, if there is one. */
  readonly tooLong: { readonly number: number; readonly seconds: number; readonly longest: number } | null;
}

export interface PricedFilm {
  readonly scenes: readonly FilmScene[];
  readonly duration: number;
  readonly tempo: number;
}

const BUILT_IN = "animatic";
const SECONDS_A_STILL = 3;
const SECONDS_A_CLIP = 40;
const PIXELS_A_SECOND = 60e6;

export const USUAL_CONFIG: MakingConfig = { quality_tier: "standard", resolution: "1080p", fps: 24, aspect: "16:9" };

/** The model that makes a scene's clip. */
export function clipModel(config: MakingConfig, number: number): string {
  return config.model_selections?.[String(number)] ?? config.video_model ?? BUILT_IN;
}

/** Lengths of clip that a scene's model makes. */
export function limitsOf(models: readonly PricedModel[], id: string) {
  const model = models.find((one) => one.id === id && (one.kind === "clip" || id === BUILT_IN));
  const lengths = model?.clip_seconds ?? [];
  if (lengths.length === 0) return { shortest: null, longest: null };
  return { shortest: Math.min(...lengths), longest: Math.max(...lengths) };
}

export function priceOf(
  film: PricedFilm,
  models: readonly PricedModel[],
  config: MakingConfig,
  numbers: readonly number[],
  remake: Remake,
): Price {
  const spans = filmSpans(film.scenes, film.duration, film.tempo, config.fps);
  let micro = 0;
  let bought = 0;
  let drawn = 0;
  let tooLong: Price["tooLong"] = null;
  for (const number of numbers) {
    const span = spans[number - 1];
    if (!span) continue;
    const seconds = clipSeconds(span, config.fps);
    const image = config.image_model ?? BUILT_IN;
    if (remake !== "video" || image !== BUILT_IN) {
      const model = find(models, image, "image");
      micro += microPrice(model, seconds);
      if (model?.needs_network) bought += SECONDS_A_STILL;
    }
    if (remake !== "image") {
      const model = find(models, clipModel(config, number), "clip");
      const longest = model && model.clip_seconds.length > 0 ? Math.max(...model.clip_seconds) : null;
      if (longest !== null && longest < seconds) tooLong ??= { number, seconds, longest };
      micro += microPrice(model, seconds);
      if (model?.needs_network) bought += SECONDS_A_CLIP;
    }
    if (remake !== "image") drawn += seconds;
  }
  return { usd: micro / 1e6, seconds: Math.ceil(bought + makingSeconds(drawn, config)), tooLong };
}

function find(models: readonly PricedModel[], id: string, kind: string): PricedModel | undefined {
  return models.find((model) => model.id === id && (model.kind === kind || id === BUILT_IN));
}

/** Millionths of a dollar, rounded up, for the shortest clip that is long enough. */
function microPrice(model: PricedModel | undefined, seconds: number): number {
  if (!model) return 0;
  return Math.ceil(model.price_usd * 1e6 * units(model, seconds) - 1e-6);
}

function units(model: PricedModel, seconds: number): number {
  if (model.price_unit !== "second") return 1;
  if (model.clip_seconds.length === 0) return Math.ceil(seconds);
  const covering = model.clip_seconds.filter((length) => length >= seconds);
  return covering.length > 0 ? Math.min(...covering) : Math.max(...model.clip_seconds);
}

const HEIGHTS: Readonly<Record<string, number>> = { "480p": 480, "720p": 720, "1080p": 1080, "4k": 2160 };

/** Drawing, encoding and joining on a small machine. */
function makingSeconds(seconds: number, config: MakingConfig): number {
  const short = HEIGHTS[config.resolution] ?? 1080;
  const even = (value: number) => Math.ceil(value / 2) * 2;
  const long = config.aspect === "1:1" ? short : even((short * 16) / 9);
  const effort = config.quality_tier === "draft" ? 0.6 : config.quality_tier === "standard" ? 1 : 2;
  return 5 + (effort * short * long * config.fps * seconds) / PIXELS_A_SECOND;
}

export interface Budget {
  readonly spent: number;
  readonly after: number;
  readonly limit: number | null;
  /** What is missing; 0 when it fits. */
  readonly missing: number;
}

export function budgetAfter(spent: number, cost: number, limit: number | null): Budget {
  const after = spent + cost;
  const missing = limit === null ? 0 : Math.max(0, after - limit);
  return { spent, after, limit, missing: missing < 1e-9 ? 0 : missing };
}
