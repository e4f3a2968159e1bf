import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { formatDateTime, formatNumber } from "@/i18n/format";
import { common } from "@/messages/common";
import { webhooks } from "@/messages/webhooks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";
import { toast } from "@/ui/toasts";

type Delivery = Schemas["WebhookDelivery"];

const PAGE = 10;
/** While something is on its way, what becomes of it is asked again. */
const ASK_AGAIN_MS = 3000;
const TONES: Readonly<Record<string, "ok" | "info" | "danger" | "plain">> = {
  delivered: "ok",
  pending: "info",
  failed: "danger",
};

/** Messages to one address and how each went, the newest first. */
export function WebhookDeliveries({
  endpoint,
  onClose,
}: {
  readonly endpoint: Schemas["WebhookEndpoint"];
  readonly onClose: () => void;
}) {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/webhook-endpoints/{id}/deliveries", {
      params: { path: { id: endpoint.id }, query: { limit: PAGE, offset } },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.data.some((one) => one.state === "pending") ? ASK_AGAIN_MS : false),
  });
  const replay = useMutation({
    mutationFn: (delivery: Delivery) =>
      api.POST("/api/webhook-endpoints/{id}/deliveries/{delivery}/replay", {
        params: { path: { id: endpoint.id, delivery: delivery.id } },
      }),
    onSuccess: () => toast(webhooks.replayed, { tone: "ok" }),
    onSettled: () => list.refetch(),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={webhooks.deliveries}
      description={<span className="break-all">{endpoint.url}</span>}
      className="max-w-2xl"
      footer={
        <Button size="lg" onClick={onClose}>
          {common.close}
        </Button>
      }
    >
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {replay.isError && <ErrorPanel compact error={replay.error} className="mb-3" />}
      {list.data?.total === 0 && <p className="text-fg-3 text-sm">{webhooks.noDeliveries}</p>}
      <ul className="flex flex-col gap-2">
        {list.data?.data.map((delivery) => (
          <DeliveryRow
            key={delivery.id}
            delivery={delivery}
            busy={replay.isPending}
            onReplay={endpoint.enabled ? () => replay.mutate(delivery) : null}
          />
        ))}
      </ul>
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </Dialog>
  );
}

function named(names: object, key: string): string {
  return (names as Readonly<Record<string, string>>)[key] ?? key;
}

interface DeliveryRowProps {
  readonly delivery: Delivery;
  readonly busy: boolean;
  readonly onReplay: (() => void) | null;
}

function DeliveryRow({ delivery, busy, onReplay }: DeliveryRowProps) {
  const { attempts, state, next_at } = delivery;
  const last = attempts.at(-1);
  const time = last ? webhooks.milliseconds({ value: formatNumber(last.milliseconds) }) : "";
  return (
    <li className="flex items-start gap-3 rounded-lg bg-canvas/50 p-3 ring-line">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="font-medium">{named(webhooks.eventNames, delivery.event)}</span>
          <Badge tone={TONES[state] ?? "plain"}>{named(webhooks.states, state)}</Badge>
          <span className="tnum text-fg-3 text-xs">{formatDateTime(delivery.created_at)}</span>
        </p>
        {last && (
          <p className="mt-1 text-fg-2 text-xs">
            {webhooks.tries({ count: attempts.length })}
            {last.status ? ` · ${webhooks.answered({ status: last.status, time })}` : ""}
            {last.error ? ` · ${last.error}` : ""}
          </p>
        )}
        {next_at && state === "pending" && attempts.length > 0 && (
          <p className="mt-1 text-fg-3 text-xs">{webhooks.next({ when: formatDateTime(next_at) })}</p>
        )}
        <code className="mt-1 block truncate font-mono text-2xs text-fg-3">{delivery.message_id}</code>
      </div>
      {onReplay && state !== "pending" && (
        <Button
          size="sm"
          tone="quiet"
          busy={busy}
          icon={<RotateCw aria-hidden className="size-3.5" />}
          onClick={onReplay}
        >
          {webhooks.replay}
        </Button>
      )}
    </li>
  );
}
