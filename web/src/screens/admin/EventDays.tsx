import { useState } from "react";
import type { Schemas } from "@/api/client";
import { formatDate, formatNumber } from "@/i18n/format";
import { analytics } from "@/messages/analytics";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import { eventName } from "./event-name";
import { everyDay } from "./every-day";

type Day = Schemas["DayCount"];

/** How often one thing happened, a column a day. The same numbers stand in a table for those who read. */
export function EventDays({
  days,
  from,
  to,
}: {
  readonly days: readonly Day[];
  readonly from: string;
  readonly to: string;
}) {
  const names = [...new Set(days.map((day) => day.name))];
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen && names.includes(chosen) ? chosen : (names.find((one) => one === "film_finished") ?? names[0]);
  if (!name) return null;
  const columns = everyDay(
    from,
    to,
    days.filter((day) => day.name === name),
  );
  const most = Math.max(...columns.map((day) => day.count), 1);
  return (
    <>
      <Field label={analytics.shown} className="mb-3 w-56">
        <Select value={name} onChange={(event) => setChosen(event.target.value)}>
          {names.map((one) => (
            <option key={one} value={one}>
              {eventName(one)}
            </option>
          ))}
        </Select>
      </Field>
      <figure>
        <div aria-hidden className="relative h-36 border-line border-b">
          <span className="tnum absolute top-0 left-0 text-2xs text-fg-3">
            {analytics.most({ count: formatNumber(most) })}
          </span>
          <div className="flex h-full items-end gap-px pt-4">
            {columns.map((day) => (
              <div
                key={day.day}
                title={`${formatDate(day.day)} · ${formatNumber(day.count)}`}
                className="flex h-full min-w-0 flex-1 flex-col justify-end rounded-t-sm hover:bg-hover"
              >
                <span className="mx-auto w-4/5 max-w-6 bg-ember" style={{ height: `${(day.count / most) * 100}%` }} />
              </div>
            ))}
          </div>
        </div>
        <div aria-hidden className="tnum mt-1 flex justify-between text-2xs text-fg-3">
          <span>{formatDate(from)}</span>
          <span>{formatDate(to)}</span>
        </div>
        <table className="sr-only">
          <caption>{eventName(name)}</caption>
          <thead>
            <tr>
              <th scope="col">{analytics.day}</th>
              <th scope="col">{analytics.count}</th>
              <th scope="col">{analytics.people}</th>
            </tr>
          </thead>
          <tbody>
            {columns
              .filter((day) => day.count > 0)
              .map((day) => (
                <tr key={day.day}>
                  <th scope="row">{formatDate(day.day)}</th>
                  <td>{formatNumber(day.count)}</td>
                  <td>{formatNumber(day.people)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </figure>
    </>
  );
}
