import { words } from "@/i18n/words";
import { song as en } from "./en/song";
import { song as ko } from "./ko/song";

export const song = words(ko, en);
