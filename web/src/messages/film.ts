import { words } from "@/i18n/words";
import { film as en } from "./en/film";
import { film as ko } from "./ko/film";

export const film = words(ko, en);
