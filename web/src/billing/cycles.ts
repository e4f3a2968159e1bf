// How often a plan is paid for. Apart from the rest of billing: routes read it before any page is loaded.

import type { Schemas } from "@/api/client";

export type Cycle = Schemas["BillingCycle"];

export const CYCLES = ["monthly", "yearly"] as const;

export function isCycle(value: unknown): value is Cycle {
  return CYCLES.some((cycle) => cycle === value);
}
