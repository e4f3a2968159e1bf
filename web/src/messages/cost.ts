import { words } from "@/i18n/words";
import { cost as en } from "./en/cost";
import { cost as ko } from "./ko/cost";

export const cost = words(ko, en);
