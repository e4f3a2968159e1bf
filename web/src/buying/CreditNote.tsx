import { lazy, Suspense } from "react";

/** What an order takes of one's credits, as every price of the server's says it. */
export interface CreditTerms {
  readonly credits_needed: number;
  readonly credits_available: number;
}

const CreditLines = lazy(() => import("./CreditLines").then((module) => ({ default: module.CreditLines })));

/** How many credits an order takes, beneath its price; nothing where it takes none. Its code comes when one does. */
export function CreditNote({ terms }: { readonly terms: CreditTerms | null | undefined }) {
  return <Suspense>{terms && terms.credits_needed > 0 && <CreditLines terms={terms} />}</Suspense>;
}
