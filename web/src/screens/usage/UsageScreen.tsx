import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Wallet } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { CallTable } from "@/calls/CallTable";
import { STATES, type StateChoice, stateChoices } from "@/calls/states";
import { UnknownCalls } from "@/calls/UnknownCalls";
import { usage } from "@/messages/usage";
import { Boundary } from "@/ui/Boundary";
import { Segmented } from "@/ui/Choice";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";
import { Credits } from "./Credits";
import { Summary } from "./Summary";

const PAGE = 20;
const MOST_UNKNOWN = 100;

export function UsageScreen() {
  const [offset, setOffset] = useState(0);
  const [state, setState] = useState<StateChoice>("all");
  const list = useQuery({
    ...$api.queryOptions("get", "/api/calls", { params: { query: { limit: PAGE, offset, state: STATES[state] } } }),
    placeholderData: keepPreviousData,
  });
  const unknown = useQuery(
    $api.queryOptions("get", "/api/calls", { params: { query: { limit: MOST_UNKNOWN, state: STATES.unknown } } }),
  );
  return (
    <div className="flex flex-col gap-5">
      <header>
        <h1 className="font-semibold text-xl">{usage.title}</h1>
        <p className="mt-0.5 text-fg-2 text-sm">{usage.text}</p>
      </header>
      {unknown.data && (
        <UnknownCalls
          calls={unknown.data.data}
          total={unknown.data.total}
          onSettled={() => Promise.all([unknown.refetch(), list.refetch()])}
        />
      )}
      <Boundary>
        <Summary />
      </Boundary>
      <Boundary>
        <Credits />
      </Boundary>
      <section aria-labelledby="calls" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-0 flex-1 basis-60">
            <h2 id="calls" className="font-semibold text-base">
              {usage.calls}
            </h2>
            <p className="text-fg-2 text-sm">{usage.callsText}</p>
          </div>
          <Segmented
            label={usage.filter}
            className="max-w-full overflow-x-auto"
            value={state}
            options={stateChoices()}
            onChange={(choice) => {
              setState(choice);
              setOffset(0);
            }}
          />
        </div>
        {list.isPending && <RowsLoading />}
        {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
        {list.data?.total === 0 && (
          <div className="rounded-xl border border-line-strong border-dashed">
            {state === "all" ? (
              <Empty icon={<Wallet />} title={usage.callsEmpty} text={usage.callsEmptyText} />
            ) : (
              <Empty icon={<Wallet />} title={usage.noneInState} />
            )}
          </div>
        )}
        {list.data && list.data.data.length > 0 && (
          <CallTable label={usage.calls} calls={list.data.data} withProjects />
        )}
        {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
      </section>
    </div>
  );
}
