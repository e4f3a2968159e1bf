import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { formatAgo } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { type Detail, JobDetails } from "./JobDetails";

type Job = Schemas["QueuedJobBody"];

const MOST = 100;
const LOOK_EVERY = 5_000;

function stateName(state: string): string {
  return state in admin.states ? admin.states[state as keyof typeof admin.states] : state;
}

export function QueuedJobs({ name, paused }: { readonly name: string; readonly paused: boolean }) {
  const queries = useQueryClient();
  const [shown, setShown] = useState<Detail | null>(null);
  const [removing, setRemoving] = useState<Job | null>(null);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/queues/{class}", {
      params: { path: { class: name }, query: { limit: MOST } },
    }),
    refetchInterval: LOOK_EVERY,
  });
  const remove = useMutation({
    mutationFn: (id: number) => api.DELETE("/api/admin/queues/jobs/{id}", { params: { path: { id } } }),
    onSuccess: () => {
      setRemoving(null);
      toast(admin.removed, { tone: "ok" });
    },
    onSettled: () => again(),
  });
  const again = () =>
    Promise.all([list.refetch(), queries.invalidateQueries($api.queryOptions("get", "/api/admin/queues"))]);
  const hold = useMutation({
    mutationFn: () => {
      const params = { path: { class: name } };
      return paused
        ? api.POST("/api/admin/queues/{class}/resume", { params })
        : api.POST("/api/admin/queues/{class}/pause", { params });
    },
    onSettled: again,
  });
  const toFront = useMutation({
    mutationFn: (id: number) => api.POST("/api/admin/queues/jobs/{id}/front", { params: { path: { id } } }),
    onSuccess: () => toast(admin.movedToFront, { tone: "ok" }),
    onSettled: again,
  });
  const jobs = list.data?.data ?? [];
  return (
    <Panel
      title={admin.jobs}
      text={paused ? admin.pausedText : undefined}
      aside={
        <Button
          icon={paused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
          busy={hold.isPending}
          onClick={() => hold.mutate()}
        >
          {paused ? admin.resumeQueue : admin.pauseQueue}
        </Button>
      }
    >
      {(hold.isError || toFront.isError) && <ErrorPanel compact error={hold.error ?? toFront.error} />}
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {list.data && jobs.length === 0 && <p className="text-fg-3 text-sm">{admin.jobsEmpty}</p>}
      {jobs.length > 0 && (
        <Table
          label={admin.jobs}
          rows={jobs}
          rowKey={(job) => job.id}
          columns={[
            { key: "task", head: admin.task, className: "font-medium", cell: (job) => `${job.task} #${job.id}` },
            {
              key: "state",
              head: admin.state,
              cell: (job) => <Badge tone={job.state === "active" ? "info" : "plain"}>{stateName(job.state)}</Badge>,
            },
            { key: "since", head: admin.since, className: "text-fg-2", cell: (job) => formatAgo(job.created_at) },
            { key: "runs", head: admin.runs, className: "text-fg-2", cell: (job) => formatAgo(job.run_at) },
            {
              key: "problem",
              head: admin.problem,
              className: "max-w-xs truncate text-danger",
              cell: (job) => job.last_error,
            },
            {
              key: "does",
              head: admin.details,
              headHidden: true,
              align: "end",
              cell: (job) => (
                <>
                  {job.state !== "active" && (
                    <Button
                      size="sm"
                      tone="quiet"
                      aria-label={`${admin.toFront}: #${job.id}`}
                      disabled={toFront.isPending}
                      onClick={() => toFront.mutate(job.id)}
                    >
                      {admin.toFront}
                    </Button>
                  )}
                  <Button
                    size="sm"
                    tone="quiet"
                    aria-label={`${admin.details}: #${job.id}`}
                    onClick={() =>
                      setShown({
                        title: `${job.task} #${job.id}`,
                        payload: job.payload,
                        problem: job.last_error ?? null,
                        worker: job.locked_by,
                        job: job.id,
                      })
                    }
                  >
                    {admin.details}
                  </Button>
                  <Button
                    size="sm"
                    tone="quiet"
                    aria-label={`${admin.removeJob}: #${job.id}`}
                    onClick={() => setRemoving(job)}
                  >
                    {admin.removeJob}
                  </Button>
                </>
              ),
            },
          ]}
        />
      )}
      {shown && <JobDetails detail={shown} onClose={() => setShown(null)} />}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        danger
        title={admin.removeTitle}
        description={admin.removeText}
        action={admin.removeJob}
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        {remove.isError && <ErrorPanel compact error={remove.error} className="mt-3" />}
      </Confirm>
    </Panel>
  );
}
