import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import { eventName } from "@/api/events";
import { formatDateTime } from "@/i18n/format";
import { settings } from "@/messages/settings";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { deviceName } from "./device-name";

const PAGE = 10;

export function History() {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/audit", { params: { query: { limit: PAGE, offset } } }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title={settings.historyTitle} text={settings.historyText}>
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && <p className="text-fg-3 text-sm">{settings.historyEmpty}</p>}
      <ul className="divide-y divide-line">
        {list.data?.data.map((entry) => (
          <li key={entry.id} className="flex flex-wrap items-baseline gap-x-3 py-2 text-sm first:pt-0">
            <span className="min-w-0 flex-1 basis-40">{eventName(entry.event_type)}</span>
            <span className="truncate text-fg-3 text-xs">
              {[deviceName(entry.user_agent), entry.ip_address].filter(Boolean).join(" · ")}
            </span>
            <time dateTime={entry.created_at} className="tnum text-fg-3 text-xs sm:w-44 sm:text-right">
              {formatDateTime(entry.created_at)}
            </time>
          </li>
        ))}
      </ul>
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </Panel>
  );
}
