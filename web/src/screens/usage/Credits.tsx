import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { $api } from "@/api/client";
import { CreditMovements } from "@/calls/CreditMovements";
import { formatNumber } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Loading, Skeleton } from "@/ui/Skeleton";

const PAGE = 10;
const FRACTION = 1;

export function Credits() {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/billing/credits", { params: { query: { limit: PAGE, offset } } }),
    placeholderData: keepPreviousData,
  });
  const balance = list.data?.balance;
  const numbers = balance && [
    { name: usage.available, value: balance.available },
    { name: usage.reserved, value: balance.reserved },
    { name: usage.spent, value: balance.spent },
  ];
  return (
    <Panel title={usage.credits} text={usage.creditHint}>
      {list.isPending && (
        <Loading>
          <div className="grid gap-3 sm:grid-cols-3">
            <Skeleton className="h-[4.3125rem]" />
            <Skeleton className="h-[4.3125rem]" />
            <Skeleton className="h-[4.3125rem]" />
          </div>
        </Loading>
      )}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {numbers && (
        <dl className="grid gap-3 sm:grid-cols-3">
          {numbers.map(({ name, value }) => (
            <div key={name} className="flex flex-col-reverse rounded-lg bg-raised px-4 py-3">
              <dt className="text-fg-2 text-xs">{name}</dt>
              <dd className="tnum font-semibold text-xl">{formatNumber(value, FRACTION)}</dd>
            </div>
          ))}
        </dl>
      )}
      {list.data && <CreditMovements list={list.data} limit={PAGE} offset={offset} onOffset={setOffset} />}
    </Panel>
  );
}
