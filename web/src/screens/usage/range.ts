// Which days are summed.

export const RANGES = ["period", "month", "quarter"] as const;
export type Range = (typeof RANGES)[number];

const DAYS = { month: 30, quarter: 90 } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The query for a range that ends today; the period that is running is the server's to know. */
export function rangeOf(range: Range, today: Date): { from?: string } {
  if (range === "period") return {};
  const first = new Date(today.getTime() - (DAYS[range] - 1) * DAY_MS);
  const two = (value: number) => String(value).padStart(2, "0");
  return { from: `${first.getFullYear()}-${two(first.getMonth() + 1)}-${two(first.getDate())}` };
}
