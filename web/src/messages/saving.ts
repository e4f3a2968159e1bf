import { words } from "@/i18n/words";
import { saving as en } from "./en/saving";
import { saving as ko } from "./ko/saving";

export const saving = words(ko, en);
