import { words } from "@/i18n/words";
import { billing as en } from "./en/billing";
import { billing as ko } from "./ko/billing";

export const billing = words(ko, en);
