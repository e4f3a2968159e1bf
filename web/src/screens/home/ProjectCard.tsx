import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  Archive,
  ArchiveRestore,
  AudioLines,
  Check,
  CircleAlert,
  Ellipsis,
  Pencil,
  RotateCcw,
  Trash2,
} from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { clock, formatAgo } from "@/i18n/format";
import { common } from "@/messages/common";
import { home } from "@/messages/home";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItems } from "@/ui/Menu";
import { Ring } from "@/ui/Progress";
import { toast } from "@/ui/toasts";

const RenameDialog = lazy(() => import("@/project/RenameDialog").then((module) => ({ default: module.RenameDialog })));

type Summary = Schemas["ProjectSummary"];

const HUES = [248, 205, 165, 42, 310, 88, 272];

/** A film without a picture yet still looks like itself: the hue comes from its id. */
function hue(id: string): number {
  return HUES[Number.parseInt(id.slice(-4), 16) % HUES.length] ?? 42;
}

export function ProjectCard({ project }: { readonly project: Summary }) {
  const [renaming, setRenaming] = useState(false);
  const deleted = Boolean(project.deleted_at);
  const seconds = project.audio_duration_seconds;
  const spoken = typeof seconds === "number" ? `${project.title}, ${clock(seconds)}` : project.title;
  const picture = (
    <span className="relative block aspect-video overflow-hidden rounded-lg bg-panel ring-line transition-shadow duration-[120ms] group-hover:shadow-[0_0_0_1px_var(--color-line-strong)]">
      {project.poster_url ? (
        <img src={project.poster_url} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
      ) : (
        <span
          className="flex size-full items-center justify-center"
          style={{
            background: `radial-gradient(120% 120% at 20% 0%, oklch(0.77 0.118 ${hue(project.id)} / 0.28), transparent 70%)`,
          }}
        >
          <AudioLines aria-hidden className="size-8 text-fg-3" />
        </span>
      )}
      {typeof project.audio_duration_seconds === "number" && (
        <span className="tnum absolute right-2 bottom-2 rounded-sm bg-[oklch(0.1_0.01_290/0.75)] px-1.5 text-2xs text-white">
          {clock(project.audio_duration_seconds)}
        </span>
      )}
    </span>
  );
  return (
    <li className="group relative flex flex-col gap-2.5">
      {deleted ? (
        <div className="opacity-60">{picture}</div>
      ) : (
        <Link
          to="/p/$id"
          params={{ id: project.id }}
          className="rounded-lg after:absolute after:inset-0 after:rounded-lg"
          aria-label={spoken}
        >
          {picture}
        </Link>
      )}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-medium">{project.title}</h2>
          <p className="mt-0.5 flex items-center gap-2 text-fg-3 text-xs">
            <StatusBadge status={deleted ? "deleted" : project.status} />
            <span className="truncate">
              {project.deleted_at
                ? home.deletedAgo({ ago: formatAgo(project.deleted_at) })
                : home.edited({ ago: formatAgo(project.updated_at) })}
            </span>
          </p>
        </div>
        <CardMenu project={project} onRename={() => setRenaming(true)} />
      </div>
      <Suspense>{renaming && <RenameDialog project={project} onClose={() => setRenaming(false)} />}</Suspense>
    </li>
  );
}

function StatusBadge({ status }: { readonly status: string }) {
  const text = status in home.status ? home.status[status as keyof typeof home.status] : status;
  if (status === "complete") {
    return (
      <Badge tone="ok" icon={<Check aria-hidden />}>
        {text}
      </Badge>
    );
  }
  if (status === "failed") {
    return (
      <Badge tone="warn" icon={<CircleAlert aria-hidden />}>
        {text}
      </Badge>
    );
  }
  if (status === "generating") {
    return (
      <Badge tone="ember" icon={<Ring value={null} label={text} className="size-3" />}>
        {text}
      </Badge>
    );
  }
  return <Badge>{text}</Badge>;
}

function CardMenu({ project, onRename }: { readonly project: Summary; readonly onRename: () => void }) {
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: async (action: "archive" | "unarchive" | "remove" | "restore") => {
      const path = { id: project.id };
      if (action === "remove") await api.DELETE("/api/projects/{id}", { params: { path } });
      else if (action === "restore") await api.POST("/api/projects/{id}/restore", { params: { path } });
      else
        await api.PATCH("/api/projects/{id}", {
          params: { path },
          body: { status: action === "archive" ? "archived" : "editing" },
        });
      return action;
    },
    onSuccess: async (action) => {
      const { title } = project;
      if (action === "remove")
        toast(home.deletedToast({ title }), { action: { label: common.undo, run: () => act.mutate("restore") } });
      else if (action === "archive")
        toast(home.archivedToast({ title }), { action: { label: common.undo, run: () => act.mutate("unarchive") } });
      else toast(home.restoredToast({ title }), { tone: "ok" });
      await queries.invalidateQueries({ queryKey: ["get", "/api/projects"] });
    },
    onError: (error) => toast(asProblem(error).title, { tone: "danger" }),
  });
  const items: MenuItems = project.deleted_at
    ? [{ label: home.restore, icon: <RotateCcw aria-hidden />, onSelect: () => act.mutate("restore") }]
    : [
        { label: home.rename, icon: <Pencil aria-hidden />, onSelect: onRename },
        project.status === "archived"
          ? { label: home.unarchive, icon: <ArchiveRestore aria-hidden />, onSelect: () => act.mutate("unarchive") }
          : { label: home.archive, icon: <Archive aria-hidden />, onSelect: () => act.mutate("archive") },
        null,
        { label: home.remove, icon: <Trash2 aria-hidden />, danger: true, onSelect: () => act.mutate("remove") },
      ];
  return (
    <Menu
      trigger={
        <IconButton label={home.actions({ title: project.title })} size="sm" className="relative z-10">
          <Ellipsis aria-hidden />
        </IconButton>
      }
      items={items}
    />
  );
}
