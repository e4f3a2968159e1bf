import { words } from "@/i18n/words";
import { usage as en } from "./en/usage";
import { usage as ko } from "./ko/usage";

export const usage = words(ko, en);
