import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Archive, Plus, Search, SearchX, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { $api } from "@/api/client";
import { useCommands } from "@/keys/shortcuts";
import { home } from "@/messages/home";
import { Button, buttonStyles } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Input, Select } from "@/ui/Input";
import { Pagination } from "@/ui/Pagination";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { FirstProject } from "./FirstProject";
import { ProjectCard } from "./ProjectCard";
import { SORTS, type Sort } from "./search";

const PAGE = 24;
const TYPING = 250;
const grid = "grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-x-4 gap-y-6";

export function HomeScreen() {
  const { q, sort = "updated_desc", show = "current", offset = 0 } = useSearch({ from: "/app/home" });
  const navigate = useNavigate({ from: "/home" });
  const status = show === "current" ? undefined : show;
  const list = useQuery({
    ...$api.queryOptions("get", "/api/projects", {
      params: { query: { q, sort, offset, limit: PAGE, ...(status ? { status } : {}) } },
    }),
    // Another search or order keeps what is seen until it is there; the trash never shows what is not in it.
    placeholderData: (before, query) => (query?.queryKey[2]?.params?.query?.status === status ? before : undefined),
    // Films that are being made move on without anybody touching them.
    refetchInterval: (query) =>
      query.state.data?.data.some((project) => project.status === "generating") ? 15_000 : false,
  });
  useCommands([
    { id: "new", label: home.create, group: home.title, keys: "n", run: () => void navigate({ to: "/new" }) },
  ]);
  const projects = list.data?.data ?? [];
  const first = list.isSuccess && projects.length === 0 && show === "current" && !q;
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center gap-3">
        <h1 className="font-semibold text-xl">{home.title}</h1>
        {list.isSuccess && <span className="tnum text-fg-3">{home.count({ count: list.data.total })}</span>}
        <span className="flex-1" />
        <Link to="/new" className={buttonStyles({ tone: "main", size: "lg" })}>
          <Plus aria-hidden className="size-4" />
          {home.create}
        </Link>
      </header>
      {/* It stays when the list is empty: the archive and the trash are reached through it. */}
      <div className="mb-6 flex flex-wrap items-center gap-2">
        <SearchBox
          key={q === undefined ? "empty" : "filled"}
          value={q ?? ""}
          onChange={(words) => void navigate({ search: { q: words || undefined, sort, show }, replace: true })}
        />
        <Segmented
          label={home.show}
          value={show}
          onChange={(value) => void navigate({ search: { q, sort, show: value === "current" ? undefined : value } })}
          options={[
            { value: "current", label: home.current },
            { value: "archived", label: home.archivedOnes },
            { value: "deleted", label: home.deletedOnes },
          ]}
        />
        <span className="flex-1" />
        <div className="w-40">
          <Select
            aria-label={home.sort}
            value={sort}
            className="h-8"
            onChange={(event) => void navigate({ search: { q, show, sort: event.target.value as Sort } })}
          >
            {SORTS.map((value) => (
              <option key={value} value={value}>
                {home[value]}
              </option>
            ))}
          </Select>
        </div>
      </div>
      {list.isPending && (
        <Loading>
          <div className={grid}>
            {Array.from({ length: 8 }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: skeletons are all alike
              <div key={index} className="flex flex-col gap-2">
                <Skeleton className="aspect-video rounded-lg" />
                <Skeleton className="h-4 w-2/3" />
                <Skeleton className="h-3 w-1/2" />
              </div>
            ))}
          </div>
        </Loading>
      )}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {first && <FirstProject />}
      {list.isSuccess && !first && projects.length === 0 && (
        <Empty
          icon={q ? <SearchX /> : show === "archived" ? <Archive /> : <Trash2 />}
          title={q ? home.nothingFound({ words: q }) : show === "archived" ? home.emptyArchive : home.emptyTrash}
          text={!q && show === "deleted" ? home.trashHint : undefined}
          action={q && <Button onClick={() => void navigate({ search: { sort, show } })}>{home.clearSearch}</Button>}
        />
      )}
      {projects.length > 0 && show === "deleted" && <p className="mb-4 text-fg-2">{home.trashHint}</p>}
      <ul className={grid}>
        {projects.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </ul>
      {list.data && (
        <Pagination
          offset={offset}
          limit={PAGE}
          total={list.data.total}
          onOffset={(next) => void navigate({ search: { q, sort, show, offset: next || undefined } })}
        />
      )}
    </>
  );
}

/** Searches as one types, a moment after the last key. */
function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (words: string) => void }) {
  const [words, setWords] = useState(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search
  useEffect(() => {
    if (words === value) return;
    const timer = setTimeout(() => onChange(words.trim()), TYPING);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <div className="relative w-full sm:w-72">
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-fg-3" />
      <Input
        type="search"
        aria-label={home.search}
        placeholder={home.search}
        value={words}
        maxLength={200}
        onChange={(event) => setWords(event.target.value)}
        className="h-8 pl-8"
      />
    </div>
  );
}
