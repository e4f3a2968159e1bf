import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { formatDateTime } from "@/i18n/format";
import { mails } from "@/messages/mails";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";

const PAGE = 20;

/** Addresses that mail came back from, or was called spam at. */
export function MailBlocks() {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/mail-blocks", { params: { query: { limit: PAGE, offset } } }),
    placeholderData: keepPreviousData,
  });
  const unblock = useMutation({
    mutationFn: (address: string) => api.DELETE("/api/admin/mail-blocks/{address}", { params: { path: { address } } }),
    onSuccess: () => toast(mails.unblocked, { tone: "ok" }),
    onSettled: () => list.refetch(),
  });
  return (
    <Panel title={mails.blocks} text={mails.blocksText}>
      {list.isPending && <RowsLoading />}
      {(list.isError || unblock.isError) && (
        <ErrorPanel compact error={unblock.error ?? list.error} onRetry={() => list.refetch()} />
      )}
      {list.data?.total === 0 && <p className="text-fg-3 text-sm">{mails.blocksEmpty}</p>}
      {list.data && list.data.data.length > 0 && (
        <Table
          label={mails.blocks}
          rows={list.data.data}
          rowKey={(row) => row.address}
          columns={[
            { key: "address", head: mails.address, className: "font-medium", cell: (row) => row.address },
            {
              key: "reason",
              head: mails.reason,
              cell: (row) => (row.reason === "complained" ? mails.states.complained : mails.states.bounced),
            },
            {
              key: "since",
              head: mails.since,
              className: "whitespace-nowrap text-fg-2",
              cell: (row) => formatDateTime(row.since),
            },
            {
              key: "does",
              head: mails.unblock,
              headHidden: true,
              align: "end",
              cell: (row) => (
                <Button
                  size="sm"
                  tone="quiet"
                  aria-label={`${mails.unblock}: ${row.address}`}
                  disabled={unblock.isPending}
                  onClick={() => unblock.mutate(row.address)}
                >
                  {mails.unblock}
                </Button>
              ),
            },
          ]}
        />
      )}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </Panel>
  );
}
