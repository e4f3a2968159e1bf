import { words } from "@/i18n/words";
import { finish as en } from "./en/finish";
import { finish as ko } from "./ko/finish";

export const finish = words(ko, en);
