import { words } from "@/i18n/words";
import { legal as en } from "./en/legal";
import { legal as ko } from "./ko/legal";

export const legal = words(ko, en);
