import type { Schemas } from "@/api/client";
import { formatDate, formatUsd } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { cn } from "@/ui/cn";

type Day = Schemas["UsageDay"];

const KINDS = [
  { key: "videos_usd", colour: "bg-ember", name: () => usage.kinds.videos },
  { key: "images_usd", colour: "bg-info", name: () => usage.kinds.images },
  { key: "processing_usd", colour: "bg-ok", name: () => usage.kinds.processing },
] as const;

/** One column a day, what it went on stacked. The same numbers stand in a table for those who read. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const most = Math.max(...days.map((day) => day.usd), 0);
  if (most === 0) return <p className="py-6 text-center text-fg-3 text-sm">{usage.nothingUsed}</p>;
  const share = (value: number) => `${(value / most) * 100}%`;
  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
        <span className="mr-auto font-medium">{usage.byDay}</span>
        {KINDS.map(({ key, colour, name }) => (
          <span key={key} className="flex items-center gap-1.5 text-fg-2">
            <span aria-hidden className={cn("size-2.5 rounded-sm", colour)} />
            {name()}
          </span>
        ))}
      </figcaption>
      <div aria-hidden className="relative h-36 border-line border-b">
        <span className="tnum absolute top-0 left-0 text-2xs text-fg-3">{formatUsd(most)}</span>
        <div className="flex h-full items-end gap-px pt-4">
          {days.map((day) => (
            <div
              key={day.day}
              title={`${formatDate(day.day)} · ${formatUsd(day.usd)}`}
              className="flex h-full min-w-0 flex-1 flex-col justify-end rounded-t-sm hover:bg-hover"
            >
              {KINDS.map(({ key, colour }) => (
                <span key={key} className={cn("mx-auto w-4/5 max-w-6", colour)} style={{ height: share(day[key]) }} />
              ))}
            </div>
          ))}
        </div>
      </div>
      <div aria-hidden className="tnum mt-1 flex justify-between text-2xs text-fg-3">
        <span>{formatDate(days[0]?.day ?? "")}</span>
        <span>{formatDate(days.at(-1)?.day ?? "")}</span>
      </div>
      <table className="sr-only">
        <caption>{usage.byDay}</caption>
        <tbody>
          {days
            .filter((day) => day.usd > 0)
            .map((day) => (
              <tr key={day.day}>
                <th scope="row">{formatDate(day.day)}</th>
                {KINDS.map(({ key, name }) => (
                  <td key={key}>{`${name()} ${formatUsd(day[key])}`}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
