import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { $api } from "@/api/client";
import { serviceName } from "@/api/services";
import { formatDateTime } from "@/i18n/format";
import { status } from "@/messages/status";
import { services } from "@/screens/settings/offered";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { Loading, Skeleton } from "@/ui/Skeleton";

const LOOK_AGAIN = 30_000;

/** Whether the server answers and can work, how fast, and which services can be used: what it says to everybody. */
export function StatusScreen() {
  const health = useQuery({
    queryKey: ["health"],
    queryFn: async ({ signal }) => {
      const from = performance.now();
      const alive = await answers("/healthz", signal);
      const milliseconds = Math.round(performance.now() - from);
      return { alive, ready: await answers("/readyz", signal), milliseconds };
    },
    refetchInterval: LOOK_AGAIN,
    staleTime: 0,
  });
  const models = useQuery($api.queryOptions("get", "/api/models"));
  const known = models.data ? services(models.data.models) : [];
  const all = health.data?.alive && health.data.ready;
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6">
      <header className="mb-6 flex flex-wrap items-center gap-3">
        <h1 className="flex-1 font-semibold text-xl">{status.title}</h1>
        <Button
          icon={<RefreshCw aria-hidden className="size-4" />}
          busy={health.isFetching}
          onClick={() => Promise.all([health.refetch(), models.refetch()])}
        >
          {status.again}
        </Button>
      </header>
      {health.isPending ? (
        <Loading>
          <Skeleton className="h-24 rounded-xl" />
        </Loading>
      ) : (
        <>
          <p
            role="status"
            className={cn(
              "mb-6 flex items-center gap-3 rounded-xl px-5 py-4 font-semibold text-base",
              all ? "bg-ok/12 text-ok" : "bg-danger/12 text-danger",
            )}
          >
            {all ? <CircleCheck aria-hidden className="size-5" /> : <CircleAlert aria-hidden className="size-5" />}
            {all ? status.well : status.unwell}
          </p>
          <ul className="divide-y divide-line rounded-xl bg-panel px-5 ring-line">
            <Row name={status.server} good={health.data?.alive ?? false}>
              {health.data?.alive ? status.milliseconds({ count: health.data.milliseconds }) : status.noAnswer}
            </Row>
            <Row name={status.database} good={health.data?.ready ?? false}>
              {health.data?.ready ? status.works : status.noAnswer}
            </Row>
          </ul>
          <p className="mt-2 text-fg-3 text-xs">
            {status.seen({ time: formatDateTime(new Date(health.dataUpdatedAt)) })}
          </p>
        </>
      )}
      {models.isSuccess && (
        <section aria-labelledby="services" className="mt-8">
          <h2 id="services" className="font-semibold text-base">
            {status.services}
          </h2>
          <p className="mt-0.5 mb-3 text-fg-2 text-sm">{status.servicesText}</p>
          <ul className="divide-y divide-line rounded-xl bg-panel px-5 ring-line">
            <Row name={status.builtIn} good>
              {status.usable}
            </Row>
            {known.map((service) => (
              <Row key={service.provider} name={serviceName(service.provider)} good={service.available} quiet>
                {service.available ? status.usable : service.needsKey ? status.withKey : status.notHere}
              </Row>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** Whether the server says that it is well; anything else, silence too, is a no. */
async function answers(path: string, signal: AbortSignal): Promise<boolean> {
  return fetch(path, { signal, cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
}

interface RowProps {
  readonly name: string;
  readonly good: boolean;
  /** What is not there is no fault. */
  readonly quiet?: boolean;
  readonly children: ReactNode;
}

function Row({ name, good, quiet = false, children }: RowProps) {
  return (
    <li className="flex items-center gap-3 py-3">
      <span className="flex-1 font-medium">{name}</span>
      <span
        className={cn("tnum flex items-center gap-1.5 text-sm", good ? "text-ok" : quiet ? "text-fg-3" : "text-danger")}
      >
        {good && <CircleCheck aria-hidden className="size-4" />}
        {!good && !quiet && <CircleAlert aria-hidden className="size-4" />}
        {children}
      </span>
    </li>
  );
}
