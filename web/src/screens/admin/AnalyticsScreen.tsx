import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { formatNumber } from "@/i18n/format";
import { analytics } from "@/messages/analytics";
import { rangeOf } from "@/screens/usage/range";
import { Segmented } from "@/ui/Choice";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { EventDays } from "./EventDays";
import { eventName } from "./event-name";
import { Funnel } from "./Funnel";
import { Retention } from "./Retention";

const RANGES = ["month", "quarter"] as const;

/** What people do here: how far they come, what happens day by day, who makes the films, who comes back. */
export function AnalyticsScreen() {
  const [range, setRange] = useState<(typeof RANGES)[number]>("month");
  const [today] = useState(() => new Date());
  const query = useQuery({
    ...$api.queryOptions("get", "/api/admin/analytics", { params: { query: rangeOf(range, today) } }),
    placeholderData: keepPreviousData,
  });
  const { data } = query;
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="font-semibold text-xl">{analytics.title}</h1>
          <p className="mt-0.5 text-fg-2 text-sm">{analytics.text}</p>
        </div>
        <Segmented
          label={analytics.range}
          value={range}
          onChange={setRange}
          options={RANGES.map((value) => ({ value, label: analytics.ranges[value] }))}
        />
      </header>
      {query.isPending && <RowsLoading />}
      {query.isError && <ErrorPanel error={query.error} onRetry={() => query.refetch()} />}
      {data && (data.days.length === 0 ? <Nothing /> : <Counted data={data} />)}
    </div>
  );
}

function Nothing() {
  return <Empty icon={<ChartColumn aria-hidden />} title={analytics.empty} />;
}

function Counted({ data }: { readonly data: Schemas["Analytics"] }) {
  const minutes = data.median_minutes_to_first_film;
  return (
    <>
      <Panel title={analytics.funnel} text={analytics.funnelText}>
        <Funnel steps={data.funnel} />
        {minutes != null && (
          <p className="mt-3 text-fg-2 text-sm">
            {analytics.firstFilm({ minutes: formatNumber(minutes, minutes < 10 ? 1 : 0) })}
          </p>
        )}
      </Panel>
      <Panel title={analytics.byDay}>
        <EventDays days={data.days} from={data.from} to={data.to} />
      </Panel>
      {data.films.length > 0 && (
        <Panel title={analytics.films} text={analytics.filmsText}>
          <Table
            label={analytics.films}
            rows={data.films}
            rowKey={(row) => row.service}
            columns={[
              {
                key: "service",
                head: analytics.service,
                cell: (row) => (row.service === "drawn" ? analytics.drawn : row.service),
              },
              {
                key: "films",
                head: eventName("film_finished"),
                align: "end",
                cell: (row) => formatNumber(row.films),
              },
            ]}
          />
        </Panel>
      )}
      {data.retention.length > 0 && (
        <Panel title={analytics.retention} text={analytics.retentionText}>
          <Retention cohorts={data.retention} />
        </Panel>
      )}
    </>
  );
}
