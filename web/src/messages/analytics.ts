import { words } from "@/i18n/words";
import { analytics as en } from "./en/analytics";
import { analytics as ko } from "./ko/analytics";

export const analytics = words(ko, en);
