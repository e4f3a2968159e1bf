import { Loading, Skeleton } from "./Skeleton";

const ROWS = ["a", "b", "c", "d"] as const;

/** Where rows will be. */
export function RowsLoading() {
  return (
    <Loading>
      <div className="flex flex-col gap-1.5">
        {ROWS.map((row) => (
          <Skeleton key={row} className="h-11" />
        ))}
      </div>
    </Loading>
  );
}
