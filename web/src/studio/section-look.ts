// Sections by hue: colour in the studio means where in the song something is.

import type { SectionKind } from "@/engine/section-kinds";
import type { Section } from "@/engine/song-grid";
import { vocabulary } from "@/messages/vocabulary";

export const HUES: Readonly<Record<SectionKind, number>> = {
  intro: 248,
  verse: 205,
  "pre-chorus": 165,
  chorus: 42,
  bridge: 310,
  solo: 88,
  outro: 272,
};

export function sectionColour(kind: SectionKind): string {
  return `var(--color-section-${kind})`;
}

/** "벌스 2", or "브리지" where there is only one. */
export function sectionName({ kind, number, repeats }: Pick<Section, "kind" | "number" | "repeats">): string {
  const name = vocabulary.sections[kind];
  return repeats ? `${name} ${number}` : name;
}
