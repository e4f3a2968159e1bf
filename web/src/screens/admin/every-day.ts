// The days of a span, those too on which nothing happened.

interface Counted {
  readonly day: string;
  readonly count: number;
  readonly people: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** One entry a day from the first to the last, both as `2026-11-23`. */
export function everyDay(from: string, to: string, counted: readonly Counted[]): readonly Counted[] {
  const known = new Map(counted.map((one) => [one.day, one]));
  const days: Counted[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push(known.get(day) ?? { day, count: 0, people: 0 });
  }
  return days;
}
