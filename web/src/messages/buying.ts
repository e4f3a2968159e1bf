import { words } from "@/i18n/words";
import { buying as en } from "./en/buying";
import { buying as ko } from "./ko/buying";

export const buying = words(ko, en);
