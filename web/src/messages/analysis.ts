import { words } from "@/i18n/words";
import { analysis as en } from "./en/analysis";
import { analysis as ko } from "./ko/analysis";

export const analysis = words(ko, en);
