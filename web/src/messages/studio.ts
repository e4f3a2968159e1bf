import { words } from "@/i18n/words";
import { studio as en } from "./en/studio";
import { studio as ko } from "./ko/studio";

export const studio = words(ko, en);
