import { words } from "@/i18n/words";
import { notices as en } from "./en/notices";
import { notices as ko } from "./ko/notices";

export const notices = words(ko, en);
