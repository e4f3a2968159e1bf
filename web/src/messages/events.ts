import { words } from "@/i18n/words";
import { events as en } from "./en/events";
import { events as ko } from "./ko/events";

export const events = words(ko, en);
