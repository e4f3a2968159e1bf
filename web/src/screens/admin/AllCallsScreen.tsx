import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Wallet } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { CallTable } from "@/calls/CallTable";
import { STATES, type StateChoice, stateChoices } from "@/calls/states";
import { UnknownCalls } from "@/calls/UnknownCalls";
import { admin } from "@/messages/admin";
import { usage } from "@/messages/usage";
import { Segmented } from "@/ui/Choice";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";

const PAGE = 20;
const MOST_UNKNOWN = 100;

/** Everybody's: those that were bought in the operator's account are the operator's to look up. */
export function AllCallsScreen() {
  const [offset, setOffset] = useState(0);
  const [state, setState] = useState<StateChoice>("all");
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/calls", {
      params: { query: { limit: PAGE, offset, state: STATES[state] } },
    }),
    placeholderData: keepPreviousData,
  });
  const unknown = useQuery(
    $api.queryOptions("get", "/api/admin/calls", { params: { query: { limit: MOST_UNKNOWN, state: STATES.unknown } } }),
  );
  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="grow whitespace-nowrap font-semibold text-xl">{admin.calls}</h1>
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
      </header>
      {unknown.data && (
        <UnknownCalls
          calls={unknown.data.data}
          total={unknown.data.total}
          onSettled={() => Promise.all([unknown.refetch(), list.refetch()])}
        />
      )}
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && (
        <Empty icon={<Wallet />} title={state === "all" ? usage.callsEmpty : usage.noneInState} />
      )}
      {list.data && list.data.data.length > 0 && <CallTable label={admin.calls} calls={list.data.data} />}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </div>
  );
}
