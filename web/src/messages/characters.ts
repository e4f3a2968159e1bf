import { words } from "@/i18n/words";
import { characters as en } from "./en/characters";
import { characters as ko } from "./ko/characters";

export const characters = words(ko, en);
