import { words } from "@/i18n/words";
import { flavours as en } from "./en/flavours";
import { flavours as ko } from "./ko/flavours";

const flavours = words(ko, en);

/** A genre or a mood in words; the template's own word for one that this studio does not know. */
export function flavour(of: "genres" | "moods", word: string): string {
  const table: Readonly<Record<string, string>> = flavours[of];
  return table[word] ?? word;
}
