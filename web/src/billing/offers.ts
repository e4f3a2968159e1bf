// What plans cost, what one has, and how both are named and asked for.

import { $api, type Schemas } from "@/api/client";
import { plans } from "@/messages/plans";

export type PriceList = Schemas["PriceList"];
export type PlanOffer = Schemas["PlanOffer"];
export type Cycle = Schemas["BillingCycle"];
export type PaidPlan = Schemas["PaidPlan"];
export type Subscribed = Schemas["Subscription"];

export const offersQuery = $api.queryOptions("get", "/api/billing/plans");
export const subscriptionQuery = $api.queryOptions("get", "/api/billing/subscription");

const CYCLES = ["monthly", "yearly"] as const;

export function planName(plan: string): string {
  return plan in plans.names ? plans.names[plan as keyof typeof plans.names] : plan;
}

/** The price of a plan for a cycle, where it can be bought here. */
export function priceOf(offer: PlanOffer | undefined, cycle: Cycle): number | null {
  const price = offer?.[cycle];
  return price?.available ? price.amount : null;
}

/** The cycles in which anything can be bought. */
export function cyclesOf(list: PriceList): readonly Cycle[] {
  return CYCLES.filter((cycle) => list.plans.some((offer) => priceOf(offer, cycle) !== null));
}

/** Plans that are for sale, and the one that costs nothing. */
export function plansOf(list: PriceList): readonly PlanOffer[] {
  return list.plans.filter((offer) => offer.id === "free" || CYCLES.some((cycle) => priceOf(offer, cycle) !== null));
}

export function packsOf(list: PriceList) {
  return list.packs.filter((pack) => pack.available);
}

/** Whether a plan is paid for now: then it is changed, not bought. */
export function isPaid(subscription: Subscribed | undefined): boolean {
  return subscription?.paid_plan != null;
}

export function isCycle(value: unknown): value is Cycle {
  return CYCLES.some((cycle) => cycle === value);
}
