import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { frame } from "@/messages/frame";
import { type ProjectView, projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";

/** Says why nothing can be changed here, and brings an archived project back. */
export function ReadOnlyBar({ project }: { readonly project: ProjectView }) {
  const queries = useQueryClient();
  const archived = Boolean(project.archived_at);
  async function unarchive() {
    await api.PATCH("/api/projects/{id}", { params: { path: { id: project.id } }, body: { status: "draft" } });
    await queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
  }
  return (
    <div
      role="status"
      className="flex items-center justify-center gap-3 bg-info/10 px-4 py-1.5 text-center text-info text-xs"
    >
      {archived ? frame.archived : frame.readOnly}
      {archived && project.role === "owner" && (
        <Button size="sm" onClick={unarchive}>
          {frame.unarchive}
        </Button>
      )}
    </div>
  );
}
