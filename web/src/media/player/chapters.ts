import { isSectionKind } from "@/engine/section-kinds";
import { sectionColour, sectionName } from "@/studio/section-look";
import type { Chapter } from "./Scrubber";

/** The song's sections as chapters, in the language in use. */
export function chaptersOf(
  sections: readonly { readonly kind: string; readonly start: number; readonly end: number }[],
): Chapter[] {
  const seen = new Map<string, number>();
  const total = (kind: string) => sections.filter((section) => section.kind === kind).length;
  return sections.map(({ kind, start, end }) => {
    const number = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, number);
    const word = isSectionKind(kind) ? kind : "verse";
    return {
      start,
      end,
      name: sectionName({ kind: word, number, repeats: total(kind) > 1 }),
      colour: sectionColour(word),
    };
  });
}
