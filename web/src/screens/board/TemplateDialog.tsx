import { useState } from "react";
import { getLocale } from "@/i18n/locale";
import { common } from "@/messages/common";
import { templates } from "@/messages/templates";
import type { ProjectView } from "@/project/project";
import { useReplan } from "@/project/replan";
import { useTemplates } from "@/project/templates";
import { TemplateDetail } from "@/screens/templates/TemplateDetail";
import { TemplateTile } from "@/screens/templates/TemplateTile";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import { Loading, Skeleton } from "@/ui/Skeleton";

interface TemplateDialogProps {
  readonly project: ProjectView;
  readonly hasScenes: boolean;
  readonly onClose: () => void;
}

/** Tries another template on the song: the board is laid out anew, for free. */
export function TemplateDialog({ project, hasScenes, onClose }: TemplateDialogProps) {
  const query = useTemplates();
  const replan = useReplan(project.id, onClose);
  const [chosen, setChosen] = useState<string | null>(null);
  const template = query.data?.templates.find((one) => one.id === (chosen ?? project.template_id));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !replan.busy && onClose()}
      title={templates.change}
      description={hasScenes ? templates.replan : undefined}
      className="w-[min(68rem,calc(100vw-2rem))]"
      footer={
        <>
          {replan.busy && (
            <span role="status" className="mr-auto flex items-center gap-3 text-fg-2">
              <Bar value={null} label={templates.working} className="w-32" />
              {templates.working}
            </span>
          )}
          <Button tone="quiet" size="lg" disabled={replan.busy} onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            busy={replan.busy}
            disabled={!template || template.id === project.template_id}
            onClick={() => template && replan.run({ template_id: template.id })}
          >
            {templates.use}
          </Button>
        </>
      }
    >
      {query.isPending && (
        <Loading>
          <Skeleton className="h-64" />
        </Loading>
      )}
      {query.isError && <ErrorPanel error={query.error} onRetry={() => query.refetch()} />}
      {replan.error !== null && <ErrorPanel compact error={replan.error} className="mb-3" />}
      <div className="grid gap-5 lg:grid-cols-[1fr_20rem]">
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] content-start gap-3 p-0.5">
          {query.data?.templates.map((one) => (
            <li key={one.id}>
              <TemplateTile
                template={one}
                chosen={one.id === template?.id}
                current={one.id === project.template_id}
                onOpen={() => setChosen(one.id)}
              />
            </li>
          ))}
        </ul>
        {template && (
          <aside aria-label={template.name[getLocale()]} className="max-lg:hidden">
            <div className="sticky top-0">
              <h3 className="mb-3 font-semibold text-base">{template.name[getLocale()]}</h3>
              <TemplateDetail template={template} />
            </div>
          </aside>
        )}
      </div>
    </Dialog>
  );
}
