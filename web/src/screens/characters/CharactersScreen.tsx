import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, UserRound } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { characters } from "@/messages/characters";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { portraitOf, standingOf } from "./character";
import { StandingBadge } from "./StandingBadge";

const PAGE = 24;
const grid = "grid grid-cols-[repeat(auto-fill,minmax(12rem,1fr))] gap-4";

export function CharactersScreen() {
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/characters", { params: { query: { limit: PAGE, offset } } }),
    refetchInterval: (query) => (query.state.data?.data.some((one) => one.status === "processing") ? 5_000 : false),
  });
  const make = (
    <Link to="/characters/new" className={buttonStyles({ tone: "main", size: "lg" })}>
      <Plus aria-hidden className="size-4" />
      {characters.create}
    </Link>
  );
  return (
    <>
      <header className="mb-6 flex flex-wrap items-center gap-3">
        <h1 className="flex-1 font-semibold text-xl">{characters.title}</h1>
        {list.data && list.data.total > 0 && make}
      </header>
      {list.isPending && (
        <Loading>
          <div className={grid}>
            {["a", "b", "c", "d"].map((key) => (
              <Skeleton key={key} className="aspect-[4/5] rounded-lg" />
            ))}
          </div>
        </Loading>
      )}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && (
        <div className="rounded-xl border border-line-strong border-dashed">
          <Empty icon={<UserRound />} title={characters.emptyTitle} text={characters.emptyText} action={make} />
        </div>
      )}
      <ul className={grid}>
        {list.data?.data.map((one) => (
          <li key={one.id}>
            <Link to="/characters/$id" params={{ id: one.id }} className="group block rounded-lg">
              <span className="block aspect-[4/5] overflow-hidden rounded-lg bg-panel ring-line">
                {portraitOf(one) && (
                  <img
                    src={portraitOf(one)}
                    alt=""
                    loading="lazy"
                    className="size-full object-cover transition-transform duration-200 group-hover:scale-[1.02]"
                  />
                )}
              </span>
              <span className="mt-2 flex items-center justify-between gap-2">
                <span className="truncate font-medium">{one.name}</span>
                <StandingBadge standing={standingOf(one)} />
              </span>
              {one.projects_count > 0 && (
                <span className="text-fg-3 text-xs">{characters.inProjects({ count: one.projects_count })}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
    </>
  );
}
