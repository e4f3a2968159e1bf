// What credits make, counted with the server's own prices: the cheapest model of each kind that can be used now.

import type { Schemas } from "@/api/client";
import { formatLength, formatNumber, formatPercent } from "@/i18n/format";
import { plans } from "@/messages/plans";

type Model = Schemas["Model"];

/** A credit is a US cent of what services charge. */
const CREDITS_IN_A_DOLLAR = 100;

export interface UnitPrices {
  /** Dollars a picture. */
  readonly image: number | null;
  /** Dollars a second of film. */
  readonly second: number | null;
}

export function unitPrices(models: readonly Model[]): UnitPrices {
  const lowest = (kind: Model["kind"], unit: Model["price_unit"]) => {
    const prices = models
      .filter((model) => model.available && model.kind === kind && model.price_unit === unit && model.price_usd > 0)
      .map((model) => model.price_usd);
    return prices.length > 0 ? Math.min(...prices) : null;
  };
  return { image: lowest("image", "image"), second: lowest("clip", "second") };
}

export function creditsFor(usd: number): number {
  return usd * CREDITS_IN_A_DOLLAR;
}

/** Numbers that promise no more than there is: rounded down to two digits. */
function about(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.floor(value / step) * step;
}

/** "3분짜리 AI 영상 약 1.6편"; nothing where the server cannot count in films. */
export function worthInFilms(films: number | null | undefined, seconds: number | undefined): string | null {
  if (!films || seconds === undefined) return null;
  const length = formatLength(seconds);
  if (films < 1) return plans.worthPart({ percent: formatPercent(films), length });
  return plans.worthFilms({ films: formatNumber(films < 10 ? films : Math.floor(films), 1), length });
}

/** "AI 이미지 약 250장 또는 AI 영상 약 3분"; nothing where no model has a price. */
export function worth(credits: number, prices: UnitPrices): string | null {
  const usd = credits / CREDITS_IN_A_DOLLAR;
  const images = prices.image === null ? null : about(usd / prices.image);
  const seconds = prices.second === null ? null : about(usd / prices.second);
  if (images && seconds) {
    return plans.worthBoth({ images: formatNumber(images), clip: formatLength(seconds) });
  }
  if (images) return plans.worthImages({ images: formatNumber(images) });
  if (seconds) return plans.worthClip({ clip: formatLength(seconds) });
  return null;
}
