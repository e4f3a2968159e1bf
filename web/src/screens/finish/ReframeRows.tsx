import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw, X } from "lucide-react";
import { useEffect } from "react";
import { api, type Schemas } from "@/api/client";
import { useJobProgress } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { FailureNote } from "@/buying/FailureNote";
import { cost } from "@/messages/cost";
import { finish } from "@/messages/finish";
import { isReframe, jobsQuery, useOrders } from "@/studio/making/use-order";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Bar } from "@/ui/Progress";

type Job = Schemas["VideoJobView"];

/** Other shapes of the film that are on their way, or that did not come to an end. */
export function ReframeRows({ project, canEdit }: { readonly project: string; readonly canEdit: boolean }) {
  const jobs = useOrders(project).filter((job) => isReframe(job) && job.status !== "complete");
  const open = jobs.filter((job) => !isFinal(job.status));
  // A failure is told until another order was placed.
  const failed = open.length === 0 ? jobs.slice(0, 1).filter((job) => job.status === "failed") : [];
  const shown = [...open, ...failed];
  if (shown.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-col gap-2">
      {shown.map((job) => (
        <ReframeRow key={job.id} job={job} canEdit={canEdit} />
      ))}
    </ul>
  );
}

function ReframeRow({ job, canEdit }: { readonly job: Job; readonly canEdit: boolean }) {
  const queries = useQueryClient();
  const live = useJobProgress(isFinal(job.status) ? null : job.id);
  const status = live?.status ?? job.status;
  const progress = live?.progress ?? (job.progress as Readonly<Record<string, unknown>>);
  const fraction = typeof progress.fraction === "number" ? progress.fraction : null;
  const ended = isFinal(status);
  useEffect(() => {
    if (!ended || isFinal(job.status)) return;
    void queries.invalidateQueries({ queryKey: jobsQuery(job.project_id).queryKey });
    void queries.invalidateQueries({ queryKey: ["get", "/api/projects/{id}/exports"] });
  }, [ended, job, queries]);
  const path = { params: { path: { id: job.id } } };
  const again = {
    onSuccess: () => queries.invalidateQueries({ queryKey: jobsQuery(job.project_id).queryKey }),
  };
  const cancel = useMutation({ mutationFn: () => api.POST("/api/video/jobs/{id}/cancel", path), ...again });
  const retry = useMutation({ mutationFn: () => api.POST("/api/video/jobs/{id}/retry", path), ...again });
  const { aspect, resolution } = job.config as { aspect?: string; resolution?: string };
  const named = { aspect: aspect ?? "", size: resolution ?? "" };
  const name = status === "failed" ? finish.reframeFailed(named) : finish.reframing(named);
  return (
    <li className="rounded-lg bg-canvas/50 px-3 py-2.5 ring-line">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-sm">{name}</span>
        {!ended && canEdit && (
          <IconButton
            label={cost.cancel}
            disabled={cancel.isPending || cancel.isSuccess || job.cancel_requested}
            onClick={() => cancel.mutate()}
          >
            <X aria-hidden className="size-4" />
          </IconButton>
        )}
        {status === "failed" && canEdit && (
          <IconButton label={cost.retry} disabled={retry.isPending} onClick={() => retry.mutate()}>
            <RotateCw aria-hidden className="size-4" />
          </IconButton>
        )}
      </div>
      {!ended && <Bar value={status === "queued" ? null : fraction} label={name} className="mt-2" />}
      {status === "failed" && (
        <FailureNote
          compact
          failure={{ code: live?.error_code ?? job.error_details?.code, message: live?.error ?? job.error_message }}
          otherwise={{ code: "order_failed" }}
          className="mt-2"
        />
      )}
      {(cancel.isError || retry.isError) && <ErrorPanel compact error={cancel.error ?? retry.error} className="mt-2" />}
    </li>
  );
}
