import { useQuery } from "@tanstack/react-query";
import { $api } from "@/api/client";
import { formatDateTime, formatLength } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { problemText } from "./problem-text";

/** Every try at a job: how long it waited, how long it took, and how it ended. */
export function Attempts({ job }: { readonly job: number }) {
  const detail = useQuery($api.queryOptions("get", "/api/admin/queues/jobs/{id}", { params: { path: { id: job } } }));
  if (detail.isPending) return <RowsLoading />;
  if (detail.isError) return <ErrorPanel compact error={detail.error} onRetry={() => detail.refetch()} />;
  const { attempts } = detail.data;
  if (attempts.length === 0) return <p className="text-fg-3 text-xs">{admin.noAttempts}</p>;
  return (
    <Table
      label={admin.attempts}
      rows={attempts}
      rowKey={(attempt) => attempt.number}
      columns={[
        { key: "number", head: admin.attempt, cell: (attempt) => attempt.number },
        { key: "began", head: admin.began, cell: (attempt) => formatDateTime(attempt.started_at) },
        { key: "waited", head: admin.waited, align: "end", cell: (attempt) => formatLength(attempt.waited_seconds) },
        { key: "took", head: admin.took, align: "end", cell: (attempt) => formatLength(attempt.took_seconds) },
        {
          key: "outcome",
          head: admin.outcome,
          cell: (attempt) => (
            <>
              {attempt.outcome in admin.outcomes
                ? admin.outcomes[attempt.outcome as keyof typeof admin.outcomes]
                : attempt.outcome}
              {attempt.error && <span className="block text-danger text-xs">{problemText(attempt.error)}</span>}
            </>
          ),
        },
      ]}
    />
  );
}
