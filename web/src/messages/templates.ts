import { words } from "@/i18n/words";
import { templates as en } from "./en/templates";
import { templates as ko } from "./ko/templates";

export const templates = words(ko, en);
