import type { Schemas } from "@/api/client";
import { formatNumber, formatPercent } from "@/i18n/format";
import { analytics } from "@/messages/analytics";
import { eventName } from "./event-name";

/** One bar a step, as long as the share of all who signed up that came to it. */
export function Funnel({ steps }: { readonly steps: readonly Schemas["FunnelStep"][] }) {
  const share = (value: number | null | undefined) => (value == null ? "–" : formatPercent(value));
  const most = Math.max(...steps.map((step) => step.people), 1);
  return (
    <table aria-label={analytics.funnel} className="w-full table-fixed text-sm">
      <thead>
        <tr className="text-fg-3 text-xs [&_th]:pb-1.5 [&_th]:font-medium">
          <th scope="col" className="text-left">
            {analytics.step}
          </th>
          <th scope="col" className="w-16 text-right">
            {analytics.people}
          </th>
          <th scope="col" className="w-28 text-right max-sm:hidden">
            {analytics.ofAll}
          </th>
          <th scope="col" className="w-32 text-right max-sm:hidden">
            {analytics.ofPrevious}
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => (
          <tr key={step.name}>
            <th scope="row" className="py-1 text-left font-normal">
              <span className="relative block rounded-sm bg-canvas/60 px-2 py-1">
                <span
                  aria-hidden
                  className="absolute inset-y-0 left-0 rounded-sm bg-ember/22"
                  style={{ width: `${(step.people / most) * 100}%` }}
                />
                <span className="relative">{eventName(step.name)}</span>
              </span>
            </th>
            <td className="tnum text-right">{formatNumber(step.people)}</td>
            <td className="tnum text-right text-fg-2 max-sm:hidden">{share(step.of_all)}</td>
            <td className="tnum text-right text-fg-2 max-sm:hidden">{share(step.of_previous)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
