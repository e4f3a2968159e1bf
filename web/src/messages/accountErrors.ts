import { knowRefusals } from "@/api/problem";
import { words } from "@/i18n/words";
import { accountErrors as en } from "./en/accountErrors";
import { accountErrors as ko } from "./ko/accountErrors";

knowRefusals(words(ko, en).codes);
