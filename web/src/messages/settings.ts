import { words } from "@/i18n/words";
import { settings as en } from "./en/settings";
import { settings as ko } from "./ko/settings";

export const settings = words(ko, en);
