import { words } from "@/i18n/words";
import { onboarding as en } from "./en/onboarding";
import { onboarding as ko } from "./ko/onboarding";

export const onboarding = words(ko, en);
