import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { formatAgo, formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { type Detail, JobDetails } from "./JobDetails";
import { problemText } from "./problem-text";

const PAGE = 20;

export function FailedJobs({ name }: { readonly name: string }) {
  const queries = useQueryClient();
  const [offset, setOffset] = useState(0);
  const [shown, setShown] = useState<Detail | null>(null);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/queues/{class}/failed", {
      params: { path: { class: name }, query: { limit: PAGE, offset } },
    }),
    placeholderData: keepPreviousData,
  });
  const retry = useMutation({
    mutationFn: (id: number) => api.POST("/api/admin/queues/failed/{id}/retry", { params: { path: { id } } }),
    onSuccess: () => toast(admin.retried, { tone: "ok" }),
    onSettled: () =>
      Promise.all([
        list.refetch(),
        queries.invalidateQueries($api.queryOptions("get", "/api/admin/queues")),
        queries.invalidateQueries({ queryKey: ["get", "/api/admin/queues/{class}"] }),
      ]),
  });
  const jobs = list.data?.data ?? [];
  return (
    <Panel title={admin.failures}>
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {retry.isError && <ErrorPanel compact error={retry.error} className="mb-3" />}
      {list.data && jobs.length === 0 && <p className="text-fg-3 text-sm">{admin.failuresEmpty}</p>}
      {jobs.length > 0 && (
        <Table
          label={admin.failures}
          rows={jobs}
          rowKey={(job) => job.id}
          columns={[
            { key: "task", head: admin.task, className: "font-medium", cell: (job) => `${job.task} #${job.id}` },
            { key: "attempts", head: admin.attempts, cell: (job) => formatNumber(job.attempts) },
            { key: "ended", head: admin.ended, className: "text-fg-2", cell: (job) => formatAgo(job.finished_at) },
            {
              key: "problem",
              head: admin.problem,
              className: "max-w-xs truncate text-danger",
              cell: (job) => problemText(job.error),
            },
            {
              key: "does",
              head: admin.details,
              headHidden: true,
              align: "end",
              cell: (job) => (
                <>
                  <Button
                    size="sm"
                    tone="quiet"
                    aria-label={`${admin.details}: #${job.id}`}
                    onClick={() =>
                      setShown({
                        title: `${job.task} #${job.id}`,
                        payload: job.payload,
                        problem: problemText(job.error),
                      })
                    }
                  >
                    {admin.details}
                  </Button>
                  <Button
                    size="sm"
                    aria-label={`${admin.retryJob}: #${job.id}`}
                    busy={retry.isPending && retry.variables === job.id}
                    onClick={() => retry.mutate(job.id)}
                  >
                    {admin.retryJob}
                  </Button>
                </>
              ),
            },
          ]}
        />
      )}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
      {shown && <JobDetails detail={shown} onClose={() => setShown(null)} />}
    </Panel>
  );
}
