import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleHelp, CircleX, Cpu, RefreshCw } from "lucide-react";
import { api } from "@/api/client";
import { serviceName } from "@/api/services";
import { formatAgo, formatDate, formatDateTime, formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { readServices, type ServiceHealth } from "./services";

const LOOK_EVERY = 10_000;
/** Prices of a second or a token are fractions of a cent. */
const PRICE_DIGITS = 4;

export function ProvidersScreen() {
  const list = useQuery({
    queryKey: ["admin", "services"],
    queryFn: ({ signal }) => readServices(signal),
    refetchInterval: LOOK_EVERY,
  });
  const check = useMutation({
    mutationFn: () => api.POST("/api/admin/providers/check"),
    onSuccess: () => toast(admin.checking),
  });
  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="grow whitespace-nowrap font-semibold text-xl">{admin.providers}</h1>
        <Button
          icon={<RefreshCw aria-hidden className="size-4" />}
          busy={check.isPending}
          onClick={() => check.mutate()}
        >
          {admin.check}
        </Button>
      </header>
      {check.isError && <ErrorPanel compact error={check.error} />}
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.length === 0 && <Empty icon={<Cpu />} title={admin.providersEmpty} />}
      {list.data?.map((service) => (
        <Service key={service.provider} service={service} />
      ))}
    </div>
  );
}

const LOOKS = {
  good: { tone: "ok", Icon: CircleCheck },
  refused: { tone: "danger", Icon: CircleX },
  unreachable: { tone: "danger", Icon: CircleX },
  unchecked: { tone: "plain", Icon: CircleHelp },
  off: { tone: "plain", Icon: CircleHelp },
} as const;

function Service({ service }: { readonly service: ServiceHealth }) {
  const { tone, Icon } = LOOKS[service.health];
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          {serviceName(service.provider)}
          <Badge tone={tone} icon={<Icon aria-hidden />}>
            {admin.health[service.health]}
          </Badge>
        </span>
      }
      text={service.checked_at && admin.checked({ ago: formatAgo(service.checked_at) })}
    >
      <div className="flex flex-col gap-3 empty:hidden">
        {service.error && <p className="break-words text-danger text-sm">{service.error}</p>}
        {service.paused && (
          <p className="text-sm text-warn">
            {admin.paused({ failures: service.paused.failures, until: formatDateTime(service.paused.until) })}
          </p>
        )}
        {service.configured && service.lists_models === false && <p className="text-fg-3 text-xs">{admin.blind}</p>}
        {service.models.length > 0 && (
          <Table
            label={serviceName(service.provider)}
            rows={service.models}
            rowKey={(model) => `${model.id} ${model.kind}`}
            columns={[
              {
                key: "model",
                head: admin.model,
                cell: (model) => (
                  <>
                    <span className="block font-medium">{model.name}</span>
                    <span className="block text-fg-3 text-xs">{settings.serviceKinds[model.kind]}</span>
                  </>
                ),
              },
              {
                key: "price",
                head: admin.price,
                align: "end",
                cell: (model) => `$${formatNumber(model.price_usd, PRICE_DIGITS)} / ${admin.units[model.price_unit]}`,
              },
              {
                key: "checked",
                head: admin.priceChecked,
                align: "end",
                className: "text-fg-2",
                cell: (model) => (model.price_checked ? formatDate(model.price_checked) : admin.never),
              },
            ]}
          />
        )}
      </div>
    </Panel>
  );
}
