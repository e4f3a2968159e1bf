import { words } from "@/i18n/words";
import { webhooks as en } from "./en/webhooks";
import { webhooks as ko } from "./ko/webhooks";

export const webhooks = words(ko, en);
