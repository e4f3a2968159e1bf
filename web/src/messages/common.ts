import { words } from "@/i18n/words";
import { common as en } from "./en/common";
import { common as ko } from "./ko/common";

export const common = words(ko, en);
