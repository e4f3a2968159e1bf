import { knowRefusals } from "@/api/problem";
import { words } from "@/i18n/words";
import { billingErrors as en } from "./en/billingErrors";
import { billingErrors as ko } from "./ko/billingErrors";

knowRefusals(words(ko, en).codes);
