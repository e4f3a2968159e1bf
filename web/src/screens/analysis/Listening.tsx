import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AudioLines } from "lucide-react";
import { useEffect } from "react";
import { api } from "@/api/client";
import { useTask } from "@/api/live";
import { isFinal } from "@/api/live-link";
import { Problem } from "@/api/problem";
import { analysis } from "@/messages/analysis";
import { putPendingLyrics } from "@/project/pending-lyrics";
import { mayEdit, type ProjectView, projectQuery } from "@/project/project";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";

/** While the song is heard: asked for as soon as the step opens, watched until it is done. */
export function Listening({ project }: { readonly project: ProjectView }) {
  const queries = useQueryClient();
  const { mutate, data, error, reset } = useMutation({
    // The same key while the page is open: asking again watches the same task.
    mutationKey: ["analyze", project.id],
    mutationFn: async () => {
      const answer = await api.POST("/api/projects/{id}/analyze-audio", {
        params: { path: { id: project.id }, query: { wait_seconds: 0 } },
      });
      return answer.data ?? null;
    },
  });
  const task = useTask(data && "task_id" in data ? data.task_id : null);
  const heard = (data && "analysis" in data) || task?.status === "complete";
  const editable = mayEdit(project);
  useEffect(() => {
    if (editable) mutate();
  }, [editable, mutate]);
  useEffect(() => {
    if (!heard) return;
    // Lyrics that cannot be laid over wait on; the lyrics' own panel offers them again.
    void putPendingLyrics(project.id)
      .catch(() => undefined)
      .then(() => queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }));
  }, [heard, project.id, queries]);

  const fraction = typeof task?.progress.fraction === "number" ? task.progress.fraction : null;
  const failed = task && isFinal(task.status) && task.status !== "complete";
  const problem =
    error ??
    (failed ? new Problem({ code: "analysis_failed", status: 422, detail: task.error ?? analysis.failed }) : null);
  if (problem) {
    return (
      <ErrorPanel
        error={problem}
        onRetry={() => {
          reset();
          mutate();
        }}
      />
    );
  }
  return (
    <div role="status" className="mx-auto max-w-lg pt-[8vh]">
      <Empty
        icon={<AudioLines />}
        title={task?.status === "queued" ? analysis.waitingTurn : analysis.listening}
        text={analysis.listeningText}
        action={<Bar value={fraction} label={analysis.listening} className="w-64" />}
      />
    </div>
  );
}
