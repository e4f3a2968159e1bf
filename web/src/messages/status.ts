import { words } from "@/i18n/words";
import { status as en } from "./en/status";
import { status as ko } from "./ko/status";

export const status = words(ko, en);
