import { words } from "@/i18n/words";
import { rewriting as en } from "./en/rewriting";
import { rewriting as ko } from "./ko/rewriting";

export const rewriting = words(ko, en);
