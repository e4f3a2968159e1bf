import { words } from "@/i18n/words";
import { errors as en } from "./en/errors";
import { errors as ko } from "./ko/errors";

export const errors = words(ko, en);
