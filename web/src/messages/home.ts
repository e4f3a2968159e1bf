import { words } from "@/i18n/words";
import { home as en } from "./en/home";
import { home as ko } from "./ko/home";

export const home = words(ko, en);
