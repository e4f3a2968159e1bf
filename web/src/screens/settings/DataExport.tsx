import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { User } from "@/api/session";
import { settings } from "@/messages/settings";
import { Button, buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Bar } from "@/ui/Progress";

const LOOK_EVERY = 3_000;
const LINK_LASTS = 55 * 60 * 1000;
const GONE = 404;

/** The server tells one export by its id alone: this browser remembers the last that was ordered here. */
function memory(user: User): string {
  return `mv.export.${user.id}`;
}

export function DataExport({ user }: { readonly user: User }) {
  const [id, setId] = useState(() => localStorage.getItem(memory(user)));
  const archive = useQuery({
    ...$api.queryOptions("get", "/api/users/me/export/{id}", { params: { path: { id: id ?? "" } } }),
    enabled: id !== null,
    refetchInterval: (query) => {
      const status = query.state.data?.status;
      if (status === "complete") return LINK_LASTS;
      return status === "queued" || status === "processing" ? LOOK_EVERY : false;
    },
  });
  const order = useMutation({
    mutationFn: async () => (await api.POST("/api/users/me/export")).data,
    onSuccess: (made) => {
      if (!made) return;
      localStorage.setItem(memory(user), made.id);
      setId(made.id);
    },
  });
  const status = archive.data?.status;
  const working = status === "queued" || status === "processing" ? status : null;
  const lost = archive.isError && asProblem(archive.error).status !== GONE;
  return (
    <Panel
      title={settings.exportTitle}
      text={settings.exportText}
      aside={
        <Button busy={order.isPending} disabled={working !== null} onClick={() => order.mutate()}>
          {status ? settings.exportAgain : settings.exportStart}
        </Button>
      }
    >
      {(status || order.isError || lost) && (
        <div aria-live="polite" className="flex flex-col gap-3">
          {working && (
            <div>
              <p className="mb-2 text-fg-2 text-sm">{settings.exportStates[working]}</p>
              <Bar value={null} label={settings.exportStates[working]} />
            </div>
          )}
          {status === "complete" && archive.data?.download_url && (
            <p className="flex flex-wrap items-center gap-3 text-sm">
              <a href={archive.data.download_url} download className={buttonStyles({ tone: "main", size: "lg" })}>
                <Download aria-hidden className="size-4" />
                {settings.exportDownload}
              </a>
              {settings.exportReady}
            </p>
          )}
          {status === "failed" && <p className="text-danger text-sm">{settings.exportFailed}</p>}
          {lost && <ErrorPanel compact error={archive.error} onRetry={() => archive.refetch()} />}
          {order.isError && <ErrorPanel compact error={order.error} />}
        </div>
      )}
    </Panel>
  );
}
