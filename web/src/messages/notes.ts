import { words } from "@/i18n/words";
import { notes as en } from "./en/notes";
import { notes as ko } from "./ko/notes";

export const notes = words(ko, en);
