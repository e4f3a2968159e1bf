// The person's plan, and waiting for the news of a change that Stripe was asked for.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
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

/** What changes together with it. */
const ALONG = [
  sessionQuery.queryKey,
  ["get", "/api/billing/credits"],
  ["get", "/api/billing/invoices"],
  ["get", "/api/usage"],
] as const;

const stateOf = ({ status, plan, paid_plan }: Subscribed) => `${status} ${plan} ${paid_plan}`;

type Expected = (subscription: Subscribed) => boolean;

/** `askEvery`: in milliseconds, for whoever watches it: a period ends and is billed while nobody touches anything. */
export function useSubscription(enabled = true, askEvery: number | false = false) {
  const queries = useQueryClient();
  const [expected, setExpected] = useState<Expected | null>(null);
  const query = useQuery({
    ...subscriptionQuery,
    enabled,
    refetchInterval: ({ state }) => {
      if (expected) return ASK_EVERY;
      return state.data && isUnsettled(state.data.subscription) ? ASK_UNPAID_EVERY : askEvery;
    },
  });
  const here = Boolean(expected && query.data && expected(query.data.subscription));
  const state = query.data && stateOf(query.data.subscription);
  const seen = useRef(state);
  useEffect(() => {
    const changed = seen.current !== undefined && state !== seen.current;
    seen.current = state;
    if (here) setExpected(null);
    if (here || changed) for (const queryKey of ALONG) void queries.invalidateQueries({ queryKey });
  }, [here, state, queries]);
  return {
    ...query,
    subscription: query.data?.subscription,
    usage: query.data?.usage,
    /** A change was asked for, and its news is not here yet. */
    waiting: expected !== null && !here,
    expect: (next: Expected) => setExpected(() => next),
  };
}
