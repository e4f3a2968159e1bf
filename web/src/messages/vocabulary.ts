import { words } from "@/i18n/words";
import { vocabulary as en } from "./en/vocabulary";
import { vocabulary as ko } from "./ko/vocabulary";

export const vocabulary = words(ko, en);
