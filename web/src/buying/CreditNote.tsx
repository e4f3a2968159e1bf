import { lazy, Suspense } from "react";
import type { CreditNoteProps } from "./CreditLines";

const CreditLines = lazy(() => import("./CreditLines").then((module) => ({ default: module.CreditLines })));

/** How many credits an order takes, beneath its price. Its code comes with the first price. */
export function CreditNote({ lines }: CreditNoteProps) {
  return <Suspense>{lines.some((line) => line.usd > 0) && <CreditLines lines={lines} />}</Suspense>;
}
