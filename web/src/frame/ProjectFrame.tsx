import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronDown, Cloud, CloudOff, CloudUpload, FolderOpen, Pencil, Search, Users } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useUser } from "@/api/session";
import { frame } from "@/messages/frame";
import { type ProjectView, projectQuery, stepStates } from "@/project/project";
import { Boundary } from "@/ui/Boundary";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { AccountMenu } from "./AccountMenu";
import { Logo } from "./Logo";
import { useOverlay } from "./overlays";
import type { Asked } from "./ProjectDialogs";
import { SkipLink } from "./SkipLink";
import { Stepper } from "./Stepper";
import { TopBarSlot, useSaving } from "./TopBar";

const Bell = lazy(() => import("@/notices/Bell").then((module) => ({ default: module.Bell })));
const ProjectDialogs = lazy(() => import("./ProjectDialogs").then((module) => ({ default: module.ProjectDialogs })));
const ReadOnlyBar = lazy(() => import("./ReadOnlyBar").then((module) => ({ default: module.ReadOnlyBar })));

/** Around the steps of a project: title, stepper, the step's own buttons; below, the step. */
export function ProjectFrame() {
  const { id } = useParams({ from: "/p/$id" });
  const user = useUser();
  const open = useOverlay((overlay) => overlay.open);
  const query = useQuery(projectQuery(id));
  const project = query.data?.project;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SkipLink />
      <header className="z-20 grid min-h-[52px] shrink-0 grid-cols-[minmax(11rem,1fr)_minmax(0,auto)_minmax(auto,1fr)] items-center gap-x-3 bg-panel px-3 shadow-[inset_0_-1px_0_var(--color-line)] max-lg:grid-cols-[1fr_auto] max-lg:gap-y-1 max-lg:pb-1.5">
        <div className="flex min-w-0 items-center gap-2.5 max-lg:pt-2">
          <Logo to="/home" />
          {project ? <ProjectTitle project={project} /> : <Skeleton className="h-8 w-40" />}
        </div>
        <div className="flex min-h-8 min-w-0 justify-center max-lg:order-last max-lg:col-span-2 max-lg:justify-start">
          {query.data && <Stepper projectId={id} steps={stepStates(query.data.project, query.data.scenes)} />}
        </div>
        <div className="flex min-h-9 items-center justify-end gap-1.5 max-lg:min-h-11 max-lg:pt-2">
          <TopBarSlot />
          <IconButton label={frame.search} keys="mod+k" onClick={() => open("palette")} className="max-sm:hidden">
            <Search aria-hidden />
          </IconButton>
          {user && (
            <Suspense fallback={<span className="size-8" />}>
              <Bell />
            </Suspense>
          )}
          {user && <AccountMenu user={user} />}
        </div>
      </header>
      {project && (project.archived_at || project.role === "viewer") && (
        <Suspense>
          <ReadOnlyBar project={project} />
        </Suspense>
      )}
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
        {query.isError && !query.data ? (
          <ErrorPanel error={query.error} onRetry={() => query.refetch()} />
        ) : (
          <Boundary key={id}>
            <Suspense fallback={<StepSkeleton />}>{query.data ? <Outlet /> : <StepSkeleton />}</Suspense>
          </Boundary>
        )}
      </main>
    </div>
  );
}

function ProjectTitle({ project }: { readonly project: ProjectView }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asked | null>(null);
  const saving = useSaving((state) => state.pending > 0);
  const kept = useSaving((state) => state.kept);
  const SaveIcon = kept > 0 ? CloudOff : saving ? CloudUpload : Cloud;
  return (
    <div className="min-w-0">
      <h1 className="sr-only">{project.title}</h1>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${project.title} · ${frame.projectMenu}`}
            className="-mx-1 flex max-w-[min(14rem,100%+0.5rem)] items-center gap-1 rounded-sm px-1 font-semibold text-sm hover:bg-hover"
          >
            <span className="truncate">{project.title}</span>
            <ChevronDown aria-hidden className="size-3.5 shrink-0 text-fg-3" />
          </button>
        }
        items={[
          {
            label: frame.rename,
            icon: <Pencil aria-hidden />,
            disabled: project.role === "viewer",
            onSelect: () => setAsking("name"),
          },
          { label: frame.together, icon: <Users aria-hidden />, onSelect: () => setAsking("people") },
          {
            label: frame.allProjects,
            icon: <FolderOpen aria-hidden />,
            onSelect: () => void navigate({ to: "/home" }),
          },
        ]}
      />
      <p className="flex items-center gap-1 text-2xs text-fg-3">
        <SaveIcon aria-hidden className="size-3 shrink-0" />
        <span className="truncate">
          {kept > 0 ? frame.kept({ count: kept }) : saving ? frame.saving : frame.allSaved}
        </span>
      </p>
      <Suspense>
        {asking && <ProjectDialogs asked={asking} project={project} onClose={() => setAsking(null)} />}
      </Suspense>
    </div>
  );
}

function StepSkeleton() {
  return (
    <Loading>
      <div className="mx-auto flex max-w-5xl flex-col gap-4 p-6">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-44 w-full" />
        <Skeleton className="h-32 w-full" />
      </div>
    </Loading>
  );
}
