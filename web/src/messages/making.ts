import { words } from "@/i18n/words";
import { making as en } from "./en/making";
import { making as ko } from "./ko/making";

export const making = words(ko, en);
