/** The kinds of section that a song has. */

const SECTION_KINDS = ["intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "outro"] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];

export function isSectionKind(word: string | null | undefined): word is SectionKind {
  return SECTION_KINDS.some((kind) => kind === word);
}
