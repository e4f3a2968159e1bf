import { words } from "@/i18n/words";
import { auth as en } from "./en/auth";
import { auth as ko } from "./ko/auth";

export const auth = words(ko, en);
