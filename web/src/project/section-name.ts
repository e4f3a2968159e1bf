import { vocabulary } from "@/messages/vocabulary";
import type { SectionKind } from "./analysis";

/** `코러스 2`, in the language in use; no number where there is only one of its kind. */
export function sectionName(
  section: { readonly kind: SectionKind; readonly number: number },
  all: readonly { readonly kind: SectionKind }[],
): string {
  const kind = vocabulary.sections[section.kind];
  const only = all.filter((other) => other.kind === section.kind).length === 1;
  return only ? kind : `${kind} ${section.number}`;
}
