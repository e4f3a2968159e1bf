import { knowRefusals } from "@/api/problem";
import { words } from "@/i18n/words";
import { failures as en } from "./en/failures";
import { failures as ko } from "./ko/failures";

knowRefusals(words(ko, en).codes);
