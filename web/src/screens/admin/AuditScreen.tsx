import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { EVENT_KINDS, eventName } from "@/api/events";
import { formatDateTime } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { deviceName } from "@/screens/settings/device-name";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";

const PAGE = 50;
const SHORT_ID = 8;

export function AuditScreen() {
  const { user, kind } = useSearch({ from: "/administration/admin/audit" });
  const navigate = useNavigate({ from: "/admin/audit" });
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/audit", {
      params: { query: { limit: PAGE, offset, event_type: kind, user_id: user } },
    }),
    placeholderData: keepPreviousData,
  });
  function narrow(search: { readonly user?: string; readonly kind?: string }) {
    setOffset(0);
    void navigate({ search, replace: true });
  }
  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-wrap items-end gap-3">
        <h1 className="grow self-center whitespace-nowrap font-semibold text-xl">{admin.audit}</h1>
        <Field label={admin.kind} className="w-64 max-w-full">
          <Select value={kind ?? ""} onChange={(event) => narrow({ user, kind: event.target.value || undefined })}>
            <option value="">{admin.all}</option>
            {EVENT_KINDS.map((one) => (
              <option key={one} value={one}>
                {eventName(one)}
              </option>
            ))}
          </Select>
        </Field>
      </header>
      {user && (
        <p className="flex flex-wrap items-center gap-3 text-fg-2 text-sm">
          {admin.onlyPerson}
          <Button size="sm" onClick={() => narrow({ kind })}>
            {admin.everybody}
          </Button>
        </p>
      )}
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && <Empty icon={<ScrollText />} title={admin.auditEmpty} />}
      {list.data && list.data.data.length > 0 && (
        <Table
          label={admin.audit}
          rows={list.data.data}
          rowKey={(entry) => entry.id}
          columns={[
            {
              key: "when",
              head: admin.when,
              className: "whitespace-nowrap text-fg-2",
              cell: (entry) => formatDateTime(entry.created_at),
            },
            {
              key: "what",
              head: admin.what,
              className: "whitespace-nowrap font-medium",
              cell: (entry) => eventName(entry.event_type),
            },
            {
              key: "who",
              head: admin.who,
              cell: ({ user_id: id }) =>
                id && (
                  <Button
                    tone="link"
                    size="inline"
                    className="font-mono text-xs"
                    onClick={() => narrow({ user: id, kind })}
                  >
                    {id.slice(0, SHORT_ID)}
                  </Button>
                ),
            },
            {
              key: "object",
              head: admin.object,
              className: "whitespace-nowrap text-fg-2",
              cell: (entry) => [entry.resource_type, entry.resource_id?.slice(0, SHORT_ID)].filter(Boolean).join(" "),
            },
            {
              key: "from",
              head: admin.from,
              className: "whitespace-nowrap text-fg-2",
              cell: (entry) => [entry.ip_address, deviceName(entry.user_agent)].filter(Boolean).join(" · "),
            },
          ]}
        />
      )}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </div>
  );
}
