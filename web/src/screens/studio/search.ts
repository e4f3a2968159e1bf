// What of the studio is in its address: shared links open on the same scene, moment, tab and comparison.

import { INSPECTOR_TABS, type InspectorTab } from "@/studio/inspector/tabs";

export interface StudioSearch {
  /** Number of the scene. */
  readonly scene?: number;
  /** Song time in seconds. */
  readonly t?: number;
  readonly tab?: InspectorTab;
  /** Number of the version on the stage. */
  readonly v?: number;
  readonly compare?: 1;
}

const whole = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

export function studioSearch(search: Readonly<Record<string, unknown>>): StudioSearch {
  const t = Number(search.t);
  const tab = INSPECTOR_TABS.find((one) => one === search.tab);
  return {
    scene: whole(search.scene),
    t: search.t !== undefined && Number.isFinite(t) && t >= 0 ? Math.round(t * 100) / 100 : undefined,
    tab,
    v: whole(search.v),
    compare: search.compare ? 1 : undefined,
  };
}
