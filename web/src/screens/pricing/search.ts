import { type Cycle, isCycle } from "@/billing/cycles";

interface PricingSearch {
  readonly cycle?: Cycle;
  /** The plan that is asked for, by its id. */
  readonly plan?: string;
  /** A path of this site that one came from, to go back to. */
  readonly from?: string;
}

const PLAN = /^[a-z]{1,20}$/;
const PATH = /^\/(?![/\\])/;

export function pricingSearch(search: Record<string, unknown>): PricingSearch {
  const { plan, from } = search;
  return {
    cycle: isCycle(search.cycle) ? search.cycle : undefined,
    plan: typeof plan === "string" && PLAN.test(plan) ? plan : undefined,
    from: typeof from === "string" && PATH.test(from) ? from : undefined,
  };
}
