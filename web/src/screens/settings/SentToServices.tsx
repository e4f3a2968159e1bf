import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { $api } from "@/api/client";
import { serviceName } from "@/api/services";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";

/** What leaves this server: the services that can be used here, by the operator's key or one's own. */
export function SentToServices() {
  const services = useQuery($api.queryOptions("get", "/api/users/me/services"));
  const used = services.data?.data.flatMap(({ provider, uses, paid_by }) =>
    paid_by ? [{ provider, uses, paidBy: paid_by }] : [],
  );
  return (
    <Panel title={settings.sentTitle} text={settings.sentText}>
      {services.isError ? (
        <ErrorPanel compact error={services.error} onRetry={() => services.refetch()} />
      ) : (
        !used && <RowsLoading />
      )}
      {used?.length === 0 && <p className="text-sm">{settings.sentNone}</p>}
      <ul className="divide-y divide-line">
        {used?.map((service) => (
          <li key={service.provider} className="py-3 first:pt-0">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              {serviceName(service.provider)}
              <Badge>{settings.servicePaidBy[service.paidBy]}</Badge>
            </p>
            <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
              {service.uses.map((kind) => (
                <div key={kind} className="contents">
                  <dt className="text-fg-3 first-letter:uppercase">{settings.serviceKinds[kind]}</dt>
                  <dd className="text-fg-2">{settings.sentKinds[kind]}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      <p className="mt-3 flex items-start gap-2 text-sm">
        <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
        {settings.training}
      </p>
    </Panel>
  );
}
