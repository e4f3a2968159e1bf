import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { CreditMovements } from "@/calls/CreditMovements";
import { formatDate, formatNumber } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Bar } from "@/ui/Progress";
import { RowsLoading } from "@/ui/RowsLoading";
import { CreditSources } from "./CreditSources";

const PAGE = 5;
const FRACTION = 1;
/** What was paid for arrives while one looks. */
const LOOK_AGAIN = 10_000;

interface CreditsPanelProps {
  readonly usage: Schemas["PeriodUsage"];
  /** When the period ends. */
  readonly until: string;
}

/** What is left, where the period is going, and what came and went. */
export function CreditsPanel({ usage, until }: CreditsPanelProps) {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/billing/credits", { params: { query: { limit: PAGE, offset } } }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN,
  });
  const balance = list.data?.balance;
  return (
    <Panel
      title={billing.credits}
      text={billing.creditsText}
      aside={
        <Link to="/usage" className="flex min-h-6 items-center text-ember text-sm underline-offset-4 hover:underline">
          {billing.toUsage}
        </Link>
      }
    >
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {balance && <Left balance={balance} usage={usage} until={until} />}
      {list.data && <CreditSources sources={list.data.sources} />}
      {list.data && <CreditMovements list={list.data} limit={PAGE} offset={offset} onOffset={setOffset} />}
    </Panel>
  );
}

interface LeftProps extends CreditsPanelProps {
  readonly balance: Schemas["CreditBalance"];
}

function Left({ balance, usage, until }: LeftProps) {
  const number = (value: number) => formatNumber(value, FRACTION);
  const used = usage.credits_used_this_period;
  const all = used + balance.available + balance.reserved;
  const forecast = usage.credits_forecast_this_period ?? null;
  const short = forecast === null ? 0 : Math.ceil(forecast - all);
  if (all === 0) return <p className="text-fg-2">{billing.noCredits}</p>;
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="tnum font-semibold text-2xl">{number(balance.available)}</span>
        <span className="text-fg-2">{billing.left}</span>
      </p>
      <Bar value={used / all} label={billing.usedOf({ used: number(used), all: number(all) })} className="mt-3 h-2" />
      <div className="tnum mt-2 flex flex-col gap-0.5 text-fg-2 text-xs">
        <p>{used > 0 ? billing.usedOf({ used: number(used), all: number(all) }) : billing.usedNone}</p>
        {balance.reserved > 0 && <p>{billing.reserved({ count: number(balance.reserved) })}</p>}
        {forecast !== null && forecast > 0 && (
          <p>{billing.forecast({ date: formatDate(until), count: number(forecast) })}</p>
        )}
        {short > 0 && (
          <p className="flex items-center gap-1.5 text-warn">
            <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
            {billing.forecastShort({ count: formatNumber(short) })}
          </p>
        )}
      </div>
    </div>
  );
}
