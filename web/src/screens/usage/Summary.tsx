import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { serviceName } from "@/api/services";
import { useModelName } from "@/buying/models";
import { formatDate, formatNumber, formatUsd } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { buttonStyles } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { Table } from "@/ui/Table";
import { DayChart } from "./DayChart";
import { RANGES, type Range, rangeOf } from "./range";

/** What was used by day, project and service, and what the period comes to if it goes on so. */
export function Summary() {
  const [range, setRange] = useState<Range>("period");
  const query = rangeOf(range, new Date());
  const sums = useQuery({
    ...$api.queryOptions("get", "/api/usage", { params: { query } }),
    placeholderData: keepPreviousData,
  });
  const modelName = useModelName();
  const data = sums.data;
  const from = data && `from=${data.from}&to=${data.to}`;
  return (
    <Panel
      title={usage.summary}
      text={data ? usage.between({ from: formatDate(data.from), to: formatDate(data.to) }) : "\u00a0"}
      aside={
        <>
          <Segmented
            label={usage.range}
            value={range}
            onChange={setRange}
            options={RANGES.map((value) => ({ value, label: usage.ranges[value] }))}
          />
          <a
            href={from ? `/api/usage/csv?${from}` : undefined}
            aria-disabled={!from}
            download
            className={buttonStyles({ tone: "quiet" })}
          >
            <Download aria-hidden className="size-4" />
            {usage.csv}
          </a>
        </>
      }
    >
      {sums.isPending && <SumsLoading />}
      {sums.isError && <ErrorPanel compact error={sums.error} onRetry={() => sums.refetch()} />}
      {data && (
        <div className="flex flex-col gap-5">
          <Numbers data={data} />
          <DayChart days={data.days} />
          {data.total.calls > 0 && (
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <Table
                label={usage.byProject}
                rows={data.projects}
                rowKey={(row) => row.project_id ?? "none"}
                columns={[
                  { key: "name", head: usage.byProject, cell: (row) => row.title ?? usage.noProject },
                  { key: "calls", head: usage.callCount, align: "end", cell: (row) => formatNumber(row.calls) },
                  { key: "cost", head: usage.costHead, align: "end", cell: (row) => formatUsd(row.usd) },
                ]}
              />
              <Table
                label={usage.byService}
                rows={data.services}
                rowKey={(row) => row.provider}
                columns={[
                  {
                    key: "name",
                    head: usage.byService,
                    cell: (row) => (
                      <>
                        {serviceName(row.provider)}
                        <span className="block text-fg-3 text-xs">
                          {row.models.map((model) => modelName(model.model)).join(", ")}
                        </span>
                      </>
                    ),
                  },
                  { key: "calls", head: usage.callCount, align: "end", cell: (row) => formatNumber(row.calls) },
                  { key: "cost", head: usage.costHead, align: "end", cell: (row) => formatUsd(row.usd) },
                ]}
              />
            </div>
          )}
        </div>
      )}
    </Panel>
  );
}

/** As tall as what will be there: numbers, a chart, two tables. */
function SumsLoading() {
  return (
    <Loading>
      <div className="flex flex-col gap-5">
        <div className="grid gap-3 sm:grid-cols-3">
          <Skeleton className="h-[4.3125rem]" />
          <Skeleton className="h-[4.3125rem]" />
          <Skeleton className="h-[4.3125rem]" />
        </div>
        <Skeleton className="h-48" />
        <div className="grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </div>
      </div>
    </Loading>
  );
}

function Numbers({ data }: { readonly data: Schemas["Usage"] }) {
  const { total, period, open_usd } = data;
  const credits = (value: number) => (value > 0 ? usage.inCredits({ count: formatNumber(value, 1) }) : null);
  const numbers = [
    { name: usage.inRange, value: formatUsd(total.usd), aside: credits(total.credits) },
    { name: usage.underWay, value: formatUsd(open_usd), aside: null },
    {
      name: usage.forecast({ date: formatDate(period.last_day) }),
      value: formatUsd(period.forecast_usd),
      aside: credits(period.forecast_credits),
    },
  ];
  return (
    <dl className="grid gap-3 sm:grid-cols-3">
      {numbers.map(({ name, value, aside }) => (
        <div key={name} className="flex flex-col-reverse rounded-lg bg-raised px-4 py-3">
          <dt className="text-fg-2 text-xs">{name}</dt>
          <dd className="tnum font-semibold text-xl">
            {value}
            {aside && <span className="ml-2 font-normal text-fg-3 text-xs">{aside}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
