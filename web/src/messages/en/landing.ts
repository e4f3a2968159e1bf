import type { Translation } from "@/i18n/words";
import type { landing as source } from "../ko/landing";

export const landing: Translation<typeof source> = {
  title: "Where a song becomes a music video",
  text: "It hears the beats and sections, keeps your character the same person, and cuts every scene on the beat.",
  start: "Start for free",
};
