import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { formatAgo, formatDate } from "@/i18n/format";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { type Column, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { NewApiKey } from "./NewApiKey";

type Key = Schemas["KeyBody"];

/** More than anybody may have. */
const ALL = 100;

export function ApiKeys() {
  const list = useQuery($api.queryOptions("get", "/api/keys", { params: { query: { limit: ALL } } }));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => api.DELETE("/api/keys/{id}", { params: { path: { id } } }),
    onSuccess: () => {
      setRevoking(null);
      toast(settings.apiRevoked, { tone: "ok" });
    },
    onSettled: () => list.refetch(),
  });
  const keys = list.data?.data ?? [];
  return (
    <Panel
      title={settings.apiTitle}
      text={settings.apiText}
      aside={
        <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setMaking(true)}>
          {settings.apiNew}
        </Button>
      }
    >
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {list.data && keys.length === 0 && <p className="text-fg-3 text-sm">{settings.apiEmpty}</p>}
      {keys.length > 0 && (
        <Table label={settings.apiTitle} columns={columns(setRevoking)} rows={keys} rowKey={(key) => key.id} />
      )}
      {making && <NewApiKey onClose={() => setMaking(false)} onMade={() => list.refetch()} />}
      <Confirm
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        danger
        title={settings.apiRevokeTitle({ name: revoking?.name ?? "" })}
        description={settings.apiRevokeText}
        action={settings.apiRevoke}
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        {revoke.isError && <ErrorPanel compact error={revoke.error} className="mt-3" />}
      </Confirm>
    </Panel>
  );
}

function scopeName(scope: string): string {
  return scope in settings.scopes ? settings.scopes[scope as keyof typeof settings.scopes] : scope;
}

function columns(onRevoke: (key: Key) => void): readonly Column<Key>[] {
  return [
    { key: "name", head: settings.apiName, className: "font-medium", cell: (key) => key.name },
    {
      key: "prefix",
      head: settings.apiPrefix,
      cell: (key) => <code className="font-mono text-fg-2 text-xs">{key.prefix}…</code>,
    },
    {
      key: "scopes",
      head: settings.apiScopes,
      cell: (key) => (
        <span className="flex flex-wrap gap-1">
          {key.scopes.map((scope) => (
            <Badge key={scope}>{scopeName(scope)}</Badge>
          ))}
        </span>
      ),
    },
    {
      key: "used",
      head: settings.apiUsed,
      className: "whitespace-nowrap text-fg-2",
      cell: (key) => (key.last_used_at ? formatAgo(key.last_used_at) : settings.apiUnused),
    },
    {
      key: "until",
      head: settings.apiUntil,
      className: "whitespace-nowrap text-fg-2",
      cell: (key) => {
        if (!key.expires_at) return settings.apiNever;
        if (new Date(key.expires_at) < new Date()) return <Badge tone="danger">{settings.apiExpired}</Badge>;
        return formatDate(key.expires_at);
      },
    },
    {
      key: "revoke",
      head: settings.apiRevoke,
      headHidden: true,
      align: "end",
      cell: (key) => (
        <Button
          size="sm"
          tone="quiet"
          aria-label={settings.apiRevokeThat({ name: key.name })}
          onClick={() => onRevoke(key)}
        >
          {settings.apiRevoke}
        </Button>
      ),
    },
  ];
}
