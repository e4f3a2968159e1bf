// What plans cost, what one has, and how both are named and asked for.

import "@/messages/billingErrors";
import { $api, type Schemas } from "@/api/client";
import { CYCLES, type Cycle } from "./cycles";

export type PriceList = Schemas["PriceList"];
export type PlanOffer = Schemas["PlanOffer"];
export type PaidPlan = Schemas["PaidPlan"];
export type Subscribed = Schemas["Subscription"];

export const offersQuery = $api.queryOptions("get", "/api/billing/plans");
export const subscriptionQuery = $api.queryOptions("get", "/api/billing/subscription");

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

/** Whether somebody pays for this plan by now, and has it: the two are written down one after the other. */
export function hasBought(now: Subscribed, plan: string, list: PriceList): boolean {
  return now.paid_plan === plan && (now.plan === plan || now.plan === list.least_plan);
}

/** Whether a plan is paid for now: then it is changed, not bought. */
export function isPaid(subscription: Subscribed | undefined): boolean {
  return subscription?.paid_plan != null;
}
