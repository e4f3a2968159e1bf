import { words } from "@/i18n/words";
import { people as en } from "./en/people";
import { people as ko } from "./ko/people";

export const people = words(ko, en);
