import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { $api, type Schemas } from "@/api/client";
import { LimitList } from "@/billing/LimitList";
import { isOpen } from "@/billing/limits";
import { formatDate, formatUsd } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { pricing } from "@/messages/pricing";
import { buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";

/** On a server that sells nothing: what one may do, and what AI services cost in money. */
export function WithoutPayments({ limits }: { readonly limits: Schemas["PlanLimits"] }) {
  const sums = useQuery($api.queryOptions("get", "/api/usage"));
  const numbers = sums.data && [
    { name: billing.costsSoFar, value: sums.data.period.usd },
    { name: billing.costsOpen, value: sums.data.open_usd },
    {
      name: billing.costsForecast({ date: formatDate(sums.data.period.last_day) }),
      value: sums.data.period.forecast_usd,
    },
  ];
  return (
    <>
      <Panel title={billing.openTitle} text={billing.openText}>
        <p className="mb-3 text-fg-2">{isOpen(limits) ? pricing.openAll : pricing.openYours}</p>
        <LimitList limits={limits} className="grid sm:grid-cols-2" />
      </Panel>
      <Panel
        title={billing.costs}
        text={billing.costsText}
        aside={
          <Link to="/usage" className={buttonStyles()}>
            {pricing.seeUsage}
          </Link>
        }
      >
        {sums.isPending && <RowsLoading />}
        {sums.isError && <ErrorPanel compact error={sums.error} onRetry={() => sums.refetch()} />}
        {numbers && (
          <dl className="grid gap-3 sm:grid-cols-3">
            {numbers.map(({ name, value }) => (
              <div key={name} className="flex flex-col-reverse rounded-lg bg-raised px-4 py-3">
                <dt className="text-fg-2 text-xs">{name}</dt>
                <dd className="tnum font-semibold text-xl">{formatUsd(value)}</dd>
              </div>
            ))}
          </dl>
        )}
      </Panel>
    </>
  );
}
