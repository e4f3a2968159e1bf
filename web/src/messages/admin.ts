import { words } from "@/i18n/words";
import { admin as en } from "./en/admin";
import { admin as ko } from "./ko/admin";

export const admin = words(ko, en);
