import { useMutation, useQuery } from "@tanstack/react-query";
import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { formatAgo } from "@/i18n/format";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { toast } from "@/ui/toasts";
import { deviceName, isPhone } from "./device-name";

export function Devices() {
  const list = useQuery($api.queryOptions("get", "/api/users/me/sessions"));
  const [asking, setAsking] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE("/api/users/me/sessions/{id}", { params: { path: { id } } }),
    onSettled: () => list.refetch(),
  });
  const endOthers = useMutation({
    mutationFn: () => api.DELETE("/api/users/me/sessions"),
    onSuccess: () => toast(settings.signedOutOthers, { tone: "ok" }),
    onSettled: () => {
      setAsking(false);
      return list.refetch();
    },
  });
  const devices = list.data?.data ?? [];
  const failure = end.error ?? endOthers.error;
  return (
    <Panel
      title={settings.sessionsTitle}
      text={settings.sessionsText}
      aside={devices.length > 1 && <Button onClick={() => setAsking(true)}>{settings.signOutOthers}</Button>}
    >
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      <ul className="divide-y divide-line">
        {devices.map((device) => {
          const name = deviceName(device.user_agent) ?? settings.unknownDevice;
          const Icon = isPhone(device.user_agent) ? Smartphone : Laptop;
          return (
            <li key={device.id} className="flex items-center gap-3 py-2.5 first:pt-0 last:pb-0">
              <Icon aria-hidden className="size-5 shrink-0 text-fg-3" />
              <span className="min-w-0 flex-1">
                <span className="flex flex-wrap items-center gap-2 font-medium">
                  {name}
                  {device.current && <Badge tone="ok">{settings.thisDevice}</Badge>}
                </span>
                <span className="tnum block truncate text-fg-3 text-xs">
                  {[device.ip_address, settings.lastSeen({ ago: formatAgo(device.last_seen_at) })]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              {!device.current && (
                <Button
                  tone="quiet"
                  aria-label={settings.signOutThat({ device: name })}
                  busy={end.isPending && end.variables === device.id}
                  onClick={() => end.mutate(device.id)}
                >
                  {settings.signOutDevice}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {failure && <ErrorPanel compact error={failure} className="mt-3" />}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={settings.signOutOthers}
        description={settings.signOutOthersText}
        action={settings.signOutOthers}
        busy={endOthers.isPending}
        onConfirm={() => endOthers.mutate()}
      />
    </Panel>
  );
}
