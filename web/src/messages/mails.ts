import { words } from "@/i18n/words";
import { mails as en } from "./en/mails";
import { mails as ko } from "./ko/mails";

export const mails = words(ko, en);
