import { words } from "@/i18n/words";
import { plans as en } from "./en/plans";
import { plans as ko } from "./ko/plans";

export const plans = words(ko, en);
