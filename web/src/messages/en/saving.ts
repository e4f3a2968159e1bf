import type { Translation } from "@/i18n/words";
import type { saving as source } from "../ko/saving";

export const saving: Translation<typeof source> = {
  offlineKept: "Offline · changes are kept in this browser",
  refusedTitle: "The change could not be saved",
  takenBack: "The screen shows what is saved again.",
  redo: "Redo",
};
