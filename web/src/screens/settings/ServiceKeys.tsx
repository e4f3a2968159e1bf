import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, Clock } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { serviceName } from "@/api/services";
import { formatAgo } from "@/i18n/format";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { toast } from "@/ui/toasts";
import { services } from "./offered";
import { ServiceKeyDialog } from "./ServiceKeyDialog";

type Key = Schemas["ProviderKey"];

const CHECKING = 2_000;

export function ServiceKeys() {
  const models = useQuery($api.queryOptions("get", "/api/models"));
  const keys = useQuery({
    ...$api.queryOptions("get", "/api/users/me/provider-keys"),
    refetchInterval: (query) => (query.state.data?.data.some((key) => key.status === "unchecked") ? CHECKING : false),
  });
  const [setting, setSetting] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: (provider: string) =>
      api.DELETE("/api/users/me/provider-keys/{provider}", { params: { path: { provider } } }),
    onSuccess: (_, provider) => {
      setRemoving(null);
      toast(settings.keyRemoved({ service: serviceName(provider) }), { tone: "ok" });
    },
    onSettled: () => Promise.all([keys.refetch(), models.refetch()]),
  });
  const failed = models.isError ? models : keys.isError ? keys : null;
  const known = models.data && keys.data ? services(models.data.models).filter((one) => one.needsKey) : null;
  return (
    <Panel title={settings.servicesTitle} text={settings.servicesText}>
      {failed ? (
        <ErrorPanel compact error={failed.error} onRetry={() => failed.refetch()} />
      ) : (
        !known && <RowsLoading />
      )}
      {known?.length === 0 && <p className="text-fg-2 text-sm">{settings.noServices}</p>}
      <ul className="divide-y divide-line">
        {known?.map(({ provider, kinds }) => {
          const key = keys.data?.data.find((one) => one.provider === provider);
          const service = serviceName(provider);
          return (
            <li key={provider} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
              <div className="min-w-0 flex-[1_1_14rem]">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {service}
                  {key && <Standing status={key.status} />}
                </p>
                <p className="text-fg-3 text-xs first-letter:uppercase">
                  {kinds.map((kind) => settings.serviceKinds[kind]).join(" · ")}
                </p>
                {key?.error && <p className="mt-1 break-words text-danger text-xs">{key.error}</p>}
              </div>
              <p className="tnum text-fg-3 text-xs">{key ? about(key) : settings.keyNone}</p>
              <div className="flex gap-1.5">
                <Button
                  aria-label={`${key ? settings.keyReplace : settings.keySet}: ${service}`}
                  onClick={() => setSetting(provider)}
                >
                  {key ? settings.keyReplace : settings.keySet}
                </Button>
                {key && (
                  <Button
                    tone="quiet"
                    aria-label={`${settings.keyRemove}: ${service}`}
                    onClick={() => setRemoving(provider)}
                  >
                    {settings.keyRemove}
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {setting && (
        <ServiceKeyDialog
          provider={setting}
          onClose={() => setSetting(null)}
          onSaved={() => Promise.all([keys.refetch(), models.refetch()])}
        />
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        danger
        title={settings.keyRemoveTitle({ service: serviceName(removing ?? "") })}
        description={settings.keyRemoveText}
        action={settings.keyRemove}
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        {remove.isError && <ErrorPanel compact error={remove.error} className="mt-3" />}
      </Confirm>
    </Panel>
  );
}

function about(key: Key): string {
  const set = settings.keySetAt({ ago: formatAgo(key.set_at) });
  return key.hint ? `${settings.keyEnds({ hint: key.hint })} · ${set}` : set;
}

function Standing({ status }: { readonly status: string }) {
  if (status === "good") {
    return (
      <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
        {settings.keyStates.good}
      </Badge>
    );
  }
  if (status === "refused") {
    return (
      <Badge tone="danger" icon={<CircleX aria-hidden />}>
        {settings.keyStates.refused}
      </Badge>
    );
  }
  return <Badge icon={<Clock aria-hidden />}>{settings.keyStates.unchecked}</Badge>;
}
