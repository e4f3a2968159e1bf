import type { Schemas } from "@/api/client";
import { formatDate, formatNumber, formatPercent } from "@/i18n/format";
import { analytics } from "@/messages/analytics";

/** A row for each week of signing up, a column for each week after it; the more came back, the warmer. */
export function Retention({ cohorts }: { readonly cohorts: readonly Schemas["Cohort"][] }) {
  const weeks = Math.max(...cohorts.map((cohort) => cohort.active.length));
  const numbers = Array.from({ length: weeks }, (_, number) => number);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <div tabIndex={0} className="overflow-x-auto">
      <table aria-label={analytics.retention} className="border-separate border-spacing-px text-xs">
        <thead>
          <tr className="text-fg-3 [&_th]:px-2 [&_th]:py-1 [&_th]:font-medium">
            <th scope="col" className="text-left">
              {analytics.week}
            </th>
            <th scope="col" className="text-right">
              {analytics.size}
            </th>
            {numbers.map((number) => (
              <th key={number} scope="col" className="whitespace-nowrap text-right">
                {analytics.weekNumber({ number })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort.week}>
              <th scope="row" className="tnum whitespace-nowrap px-2 py-1 text-left font-normal">
                {formatDate(cohort.week)}
              </th>
              <td className="tnum px-2 text-right">{formatNumber(cohort.size)}</td>
              {cohort.active.map((active, number) => {
                const share = cohort.size > 0 ? active / cohort.size : 0;
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a week is its number
                    key={number}
                    className="tnum min-w-12 rounded-sm px-2 text-right"
                    style={{
                      background: `color-mix(in oklch, var(--color-ember) ${Math.round(share * 45)}%, transparent)`,
                    }}
                  >
                    {formatPercent(share)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
