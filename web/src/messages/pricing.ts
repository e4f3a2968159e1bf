import { words } from "@/i18n/words";
import { pricing as en } from "./en/pricing";
import { pricing as ko } from "./ko/pricing";

export const pricing = words(ko, en);
