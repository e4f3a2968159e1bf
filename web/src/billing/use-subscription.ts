// The person's plan, and waiting for the news of a change that Stripe was asked for.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sessionQuery } from "@/api/session";
import { type Subscribed, subscriptionQuery } from "./offers";

/** How often the server is asked while the news is on its way. */
const ASK_EVERY = 1_500;
/** And while a payment is missing, which may be made in another window, or a plan has only just begun or ended. */
const ASK_UNPAID_EVERY = 5_000;

/** Whether it will soon be otherwise: what somebody pays for and what they have are written down one after the other. */
function isUnsettled({ status, plan, paid_plan }: Subscribed): boolean {
  if (status === "past_due" || status === "incomplete") return true;
  return status === "canceled" ? plan !== "free" : paid_plan != null && plan === "free";
}

type Expected = (subscription: Subscribed) => boolean;

export function useSubscription(enabled = true) {
  const queries = useQueryClient();
  const [expected, setExpected] = useState<Expected | null>(null);
  const query = useQuery({
    ...subscriptionQuery,
    enabled,
    refetchInterval: ({ state }) => {
      if (expected) return ASK_EVERY;
      return state.data && isUnsettled(state.data.subscription) ? ASK_UNPAID_EVERY : false;
    },
  });
  const here = Boolean(expected && query.data && expected(query.data.subscription));
  useEffect(() => {
    if (!here) return;
    setExpected(null);
    for (const queryKey of [
      sessionQuery.queryKey,
      ["get", "/api/billing/credits"],
      ["get", "/api/billing/invoices"],
      ["get", "/api/usage"],
    ]) {
      void queries.invalidateQueries({ queryKey });
    }
  }, [here, queries]);
  return {
    ...query,
    subscription: query.data?.subscription,
    usage: query.data?.usage,
    /** A change was asked for, and its news is not here yet. */
    waiting: expected !== null && !here,
    expect: (next: Expected) => setExpected(() => next),
  };
}
