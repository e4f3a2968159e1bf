import { words } from "@/i18n/words";
import { board as en } from "./en/board";
import { board as ko } from "./ko/board";

export const board = words(ko, en);
