import { useMutation, useQuery } from "@tanstack/react-query";
import { FlaskConical, KeyRound, ListChecks, MoreHorizontal, Pencil, Plus, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { formatAgo, formatDateTime } from "@/i18n/format";
import { common } from "@/messages/common";
import { webhooks } from "@/messages/webhooks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { toast } from "@/ui/toasts";
import { SecretField } from "./SecretField";
import { WebhookDeliveries } from "./WebhookDeliveries";
import { WebhookDialog } from "./WebhookDialog";

export type Endpoint = Schemas["WebhookEndpoint"];

/** What is open over the list. */
type Open =
  | { readonly what: "add" }
  | { readonly what: "edit" | "remove" | "rotate" | "deliveries"; readonly endpoint: Endpoint }
  | { readonly what: "secret"; readonly secret: string };

/** Where a person's own programs are told what became of their films. */
export function WebhooksScreen() {
  const list = useQuery($api.queryOptions("get", "/api/webhook-endpoints"));
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const settled = { onSettled: () => list.refetch() };
  const path = (endpoint: Endpoint) => ({ params: { path: { id: endpoint.id } } });
  const remove = useMutation({
    mutationFn: (endpoint: Endpoint) => api.DELETE("/api/webhook-endpoints/{id}", path(endpoint)),
    onSuccess: close,
    ...settled,
  });
  const turn = useMutation({
    mutationFn: (endpoint: Endpoint) =>
      api.PATCH("/api/webhook-endpoints/{id}", { ...path(endpoint), body: { enabled: !endpoint.enabled } }),
    ...settled,
  });
  const test = useMutation({
    mutationFn: (endpoint: Endpoint) => api.POST("/api/webhook-endpoints/{id}/test", path(endpoint)),
    onSuccess: () => toast(webhooks.tested, { tone: "ok" }),
    ...settled,
  });
  const rotate = useMutation({
    mutationFn: (endpoint: Endpoint) => api.POST("/api/webhook-endpoints/{id}/rotate-secret", path(endpoint)),
    onSuccess: ({ data }) => data && setOpen({ what: "secret", secret: data.secret }),
    ...settled,
  });
  const endpoints = list.data?.data ?? [];
  const failed = turn.error ?? test.error;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <h1 className="font-semibold text-xl">{webhooks.title}</h1>
      <Panel
        title={webhooks.addresses}
        text={webhooks.text}
        aside={
          <Button
            icon={<Plus aria-hidden className="size-4" />}
            disabled={!list.data || endpoints.length >= list.data.most}
            onClick={() => setOpen({ what: "add" })}
          >
            {webhooks.add}
          </Button>
        }
      >
        {list.isPending && <RowsLoading />}
        {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
        {list.data && endpoints.length === 0 && <p className="text-fg-3 text-sm">{webhooks.empty}</p>}
        {failed && <ErrorPanel compact error={failed} className="mb-3" />}
        <ul className="flex flex-col gap-2">
          {endpoints.map((endpoint) => (
            <EndpointRow
              key={endpoint.id}
              endpoint={endpoint}
              onOpen={(what) => setOpen({ what, endpoint })}
              onTurn={() => turn.mutate(endpoint)}
              onTest={() => test.mutate(endpoint)}
            />
          ))}
        </ul>
        {list.data && endpoints.length >= list.data.most && (
          <p className="mt-3 text-fg-3 text-xs">{webhooks.most({ count: list.data.most })}</p>
        )}
      </Panel>
      {open?.what === "add" && (
        <WebhookDialog
          endpoint={null}
          onClose={close}
          onSaved={(secret) => {
            setOpen(secret ? { what: "secret", secret } : null);
            void list.refetch();
          }}
        />
      )}
      {open?.what === "edit" && (
        <WebhookDialog
          endpoint={open.endpoint}
          onClose={close}
          onSaved={() => {
            close();
            void list.refetch();
          }}
        />
      )}
      {open?.what === "deliveries" && <WebhookDeliveries endpoint={open.endpoint} onClose={close} />}
      {open?.what === "secret" && (
        <Dialog
          open
          mustAnswer
          onOpenChange={(stays) => !stays && close()}
          title={webhooks.secretTitle}
          description={webhooks.secretText}
          footer={
            <Button tone="main" size="lg" onClick={close}>
              {common.close}
            </Button>
          }
        >
          <SecretField label={webhooks.secret} value={open.secret} />
        </Dialog>
      )}
      <Confirm
        open={open?.what === "remove"}
        onOpenChange={(stays) => !stays && close()}
        danger
        title={webhooks.removeTitle}
        description={webhooks.removeText}
        action={webhooks.remove}
        busy={remove.isPending}
        onConfirm={() => open?.what === "remove" && remove.mutate(open.endpoint)}
      >
        {remove.isError && <ErrorPanel compact error={remove.error} className="mt-3" />}
      </Confirm>
      <Confirm
        open={open?.what === "rotate"}
        onOpenChange={(stays) => !stays && close()}
        title={webhooks.rotateTitle}
        description={webhooks.rotateText}
        action={webhooks.rotate}
        busy={rotate.isPending}
        onConfirm={() => open?.what === "rotate" && rotate.mutate(open.endpoint)}
      >
        {rotate.isError && <ErrorPanel compact error={rotate.error} className="mt-3" />}
      </Confirm>
    </div>
  );
}

interface EndpointRowProps {
  readonly endpoint: Endpoint;
  readonly onOpen: (what: "edit" | "remove" | "rotate" | "deliveries") => void;
  readonly onTurn: () => void;
  readonly onTest: () => void;
}

function EndpointRow({ endpoint, onOpen, onTurn, onTest }: EndpointRowProps) {
  const { enabled, disabled_why, failing_since, last_at, last_status, last_error, previous_secret_until } = endpoint;
  const off = disabled_why === "gone" ? webhooks.gone : disabled_why === "failing" ? webhooks.failing : null;
  return (
    <li className="rounded-lg bg-canvas/50 p-3 ring-line">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-2">
            <code className="min-w-0 truncate font-mono text-xs" title={endpoint.url}>
              {endpoint.url}
            </code>
            <Badge tone={enabled ? (failing_since ? "warn" : "ok") : "plain"}>
              {enabled ? webhooks.on : webhooks.off}
            </Badge>
          </p>
          {endpoint.description && <p className="mt-0.5 text-fg-2 text-sm">{endpoint.description}</p>}
          <p className="mt-1.5 flex flex-wrap gap-1">
            {endpoint.events.map((event) => (
              <Badge key={event}>{webhooks.eventNames[event]}</Badge>
            ))}
          </p>
          <p className="mt-1.5 text-fg-3 text-xs">
            {last_at ? webhooks.lastTried({ when: formatAgo(last_at) }) : webhooks.neverTried}
            {last_status ? ` · ${last_status}` : ""}
            {last_error ? ` · ${last_error}` : ""}
          </p>
          {off && <p className="mt-1 text-warn text-xs">{off}</p>}
          {enabled && failing_since && (
            <p className="mt-1 text-warn text-xs">{webhooks.failingSince({ when: formatAgo(failing_since) })}</p>
          )}
          {previous_secret_until && (
            <p className="mt-1 text-fg-3 text-xs">
              {webhooks.oldUntil({ when: formatDateTime(previous_secret_until) })}
            </p>
          )}
        </div>
        <Menu
          align="end"
          trigger={
            <IconButton label={webhooks.menu({ url: endpoint.url })}>
              <MoreHorizontal aria-hidden className="size-4" />
            </IconButton>
          }
          items={[
            { label: webhooks.deliveries, icon: <ListChecks aria-hidden />, onSelect: () => onOpen("deliveries") },
            { label: webhooks.test, icon: <FlaskConical aria-hidden />, disabled: !enabled, onSelect: onTest },
            { label: webhooks.edit, icon: <Pencil aria-hidden />, onSelect: () => onOpen("edit") },
            {
              label: enabled ? webhooks.turnOff : webhooks.turnOn,
              icon: <Power aria-hidden />,
              onSelect: onTurn,
            },
            { label: webhooks.rotate, icon: <KeyRound aria-hidden />, onSelect: () => onOpen("rotate") },
            { label: webhooks.remove, icon: <Trash2 aria-hidden />, onSelect: () => onOpen("remove") },
          ]}
        />
      </div>
    </li>
  );
}
