import { analysis } from "@/messages/analysis";
import type { SectionKind } from "./analysis";

/** `코러스 2`, in the language in use; no number where there is only one of its kind. */
export function sectionName(
  section: { readonly kind: SectionKind; readonly number: number },
  all: readonly { readonly kind: SectionKind }[],
): string {
  const kind = analysis.kinds[section.kind];
  const only = all.filter((other) => other.kind === section.kind).length === 1;
  return only ? kind : analysis.section({ kind, number: section.number });
}
