import { words } from "@/i18n/words";
import { landing as en } from "./en/landing";
import { landing as ko } from "./ko/landing";

export const landing = words(ko, en);
