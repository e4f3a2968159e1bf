// How far a purchase is: what Stripe says of the payment, and whether what was bought is here.

import type { Schemas } from "@/api/client";
import { isPaid, type Subscribed } from "@/billing/offers";

export type Arrival = "asking" | "open" | "expired" | "pending" | "paid" | "here";

interface Known {
  readonly checkout: Schemas["CheckoutState"] | undefined;
  readonly subscription: Subscribed | undefined;
  readonly credits: Schemas["Credits"] | undefined;
  /** The newest movement of credits before it was paid; `null` where this tab does not know. */
  readonly newest: number | null;
}

/** What came with a payment: a pack, or a plan's credits. */
const BROUGHT = { credits: "purchase", plan: "plan" } as const;

/** Whether a plan that was bought is one's own: that it is paid for is known a moment before. */
export function isHere(subscription: Subscribed): boolean {
  return isPaid(subscription) && subscription.plan !== "free";
}

export function arrivalOf({ checkout, subscription, credits, newest }: Known): Arrival {
  if (!checkout) return "asking";
  if (checkout.status === "expired") return "expired";
  if (checkout.status === "open") return "open";
  if (!checkout.paid) return "pending";
  if (!credits || !subscription) return "paid";
  const brought = (reason: string) =>
    newest === null || credits.data.some((entry) => entry.id > newest && entry.reason === reason);
  if (checkout.purchase !== "plan") return brought(BROUGHT.credits) ? "here" : "paid";
  return isHere(subscription) ? "here" : "paid";
}
