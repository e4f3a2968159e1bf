import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { AudioLines, ChevronRight } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { clock } from "@/i18n/format";
import { templates } from "@/messages/templates";
import { useReplan } from "@/project/replan";
import type { Template } from "@/project/templates";
import { buttonStyles } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import { Loading, Skeleton } from "@/ui/Skeleton";

interface TryOnSongProps {
  readonly template: Template;
  readonly onClose: () => void;
}

const MOST = 20;

/** Lays a song's storyboard out with a template and goes there. */
export function TryOnSong({ template, onClose }: TryOnSongProps) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useQuery($api.queryOptions("get", "/api/projects", { params: { query: { limit: MOST } } }));
  const replan = useReplan(chosen ?? "", () => void navigate({ to: `/p/${chosen}/board` as string }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={templates.chooseProject}
      description={templates.replan}
    >
      {list.isPending && (
        <Loading>
          <Skeleton className="h-24" />
        </Loading>
      )}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && (
        <Empty
          icon={<AudioLines />}
          title={templates.noProjects}
          action={
            <Link to="/new" className={buttonStyles({ tone: "main", size: "lg" })}>
              {templates.upload}
            </Link>
          }
        />
      )}
      {replan.error !== null && <ErrorPanel compact error={replan.error} className="mb-2" />}
      {chosen && replan.busy ? (
        <div role="status" className="flex flex-col gap-3 py-4 text-fg-2">
          <Bar value={null} label={templates.working} />
          {templates.working}
        </div>
      ) : (
        <ul className="flex flex-col">
          {list.data?.data.map((project) => (
            <li key={project.id}>
              <ProjectRow
                title={project.title}
                seconds={project.audio_duration_seconds ?? null}
                onChoose={() => setChosen(project.id)}
                chosen={chosen === project.id}
                run={() => replan.run({ template_id: template.id })}
              />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

interface ProjectRowProps {
  readonly title: string;
  readonly seconds: number | null;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly run: () => void;
}

/** First chosen, then confirmed: a storyboard is laid out anew only on purpose. */
function ProjectRow({ title, seconds, chosen, onChoose, run }: ProjectRowProps) {
  return (
    <div className="flex items-center gap-2">
      <button
        type="button"
        aria-pressed={chosen}
        onClick={onChoose}
        className="flex min-h-10 min-w-0 flex-1 items-center gap-3 rounded-md px-2 text-left hover:bg-hover aria-pressed:bg-hover"
      >
        <AudioLines aria-hidden className="size-4 shrink-0 text-fg-3" />
        <span className="min-w-0 flex-1 truncate">{title}</span>
        {seconds !== null && <span className="tnum text-fg-3 text-xs">{clock(seconds)}</span>}
        {!chosen && <ChevronRight aria-hidden className="size-4 text-fg-3" />}
      </button>
      {chosen && (
        <button type="button" onClick={run} className={buttonStyles({ tone: "main" })}>
          {templates.use}
        </button>
      )}
    </div>
  );
}
