// Going to Stripe's pages and coming back: what was being bought, and from where, is kept in this tab meanwhile.

import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Cycle } from "./cycles";
import type { PaidPlan } from "./offers";

/** What one goes to pay for. */
export type Purchase = { readonly plan: PaidPlan; readonly cycle: Cycle } | { readonly credits: number };

interface Errand {
  /** Where the person was when they found that something was missing. */
  readonly from: string | null;
  /** The newest movement of credits before they paid: what comes after it may be what they bought. */
  readonly newest: number | null;
}

const key = (session: string) => `mv.checkout.${session}`;

function remember(session: string, errand: Errand): void {
  sessionStorage.setItem(key(session), JSON.stringify(errand));
}

export function remembered(session: string): Errand {
  const text = sessionStorage.getItem(key(session));
  const nothing = { from: null, newest: null };
  return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<Errand>) };
}

async function begin(purchase: Purchase) {
  if ("credits" in purchase) {
    return (await api.POST("/api/billing/credits/purchase", { body: { amount: purchase.credits } })).data;
  }
  const body = { plan_id: purchase.plan, billing_cycle: purchase.cycle };
  return (await api.POST("/api/billing/create-checkout-session", { body })).data;
}

/** Leads to the page where it is paid. */
export function useCheckout(from: string | null) {
  return useMutation({
    mutationFn: async (purchase: Purchase) => {
      const before = await api.GET("/api/billing/credits", { params: { query: { limit: 1 } } });
      const checkout = await begin(purchase);
      if (!checkout) return;
      remember(checkout.session_id, { from, newest: before.data?.data[0]?.id ?? 0 });
      location.assign(checkout.checkout_url);
    },
  });
}

/** Leads to Stripe's pages for cards, receipts and open invoices. */
export function usePortal() {
  return useMutation({
    mutationFn: async (flow?: "payment_method") => {
      const { data } = await api.POST("/api/billing/create-portal-session", { params: { query: { flow } } });
      if (data) location.assign(data.portal_url);
    },
  });
}
