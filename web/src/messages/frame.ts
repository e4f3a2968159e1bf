import { words } from "@/i18n/words";
import { frame as en } from "./en/frame";
import { frame as ko } from "./ko/frame";

export const frame = words(ko, en);
