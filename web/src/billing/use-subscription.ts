// The person's plan, and waiting for the news of a change that Stripe was asked for.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sessionQuery } from "@/api/session";
import { type Subscribed, subscriptionQuery } from "./offers";

/** How often the server is asked while the news is on its way. */
const ASK_EVERY = 1_500;
/** And while a payment is missing, which may be made in another window. */
const ASK_UNPAID_EVERY = 5_000;

type Expected = (subscription: Subscribed) => boolean;

export function useSubscription(enabled = true) {
  const queries = useQueryClient();
  const [expected, setExpected] = useState<Expected | null>(null);
  const query = useQuery({
    ...subscriptionQuery,
    enabled,
    refetchInterval: ({ state }) => {
      if (expected) return ASK_EVERY;
      const status = state.data?.subscription.status;
      return status === "past_due" || status === "incomplete" ? ASK_UNPAID_EVERY : false;
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
