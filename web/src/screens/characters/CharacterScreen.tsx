import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Check, Pencil, RefreshCw, Trash2, X } from "lucide-react";
import { useState } from "react";
import { $api, api, ifMatch } from "@/api/client";
import { useCommands } from "@/keys/shortcuts";
import { characters } from "@/messages/characters";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { toast } from "@/ui/toasts";
import { CharacterDetails } from "./CharacterDetails";
import { FREE, standingOf } from "./character";
import { ReferencePhotos } from "./ReferencePhotos";
import { StandingBadge } from "./StandingBadge";
import { TestImages } from "./TestImages";

const LOOK_AGAIN = 2_000;

export function CharacterScreen() {
  const { id } = useParams({ from: "/app/characters/$id" });
  const { project } = useSearch({ from: "/app/characters/$id" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [editing, setEditing] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const path = { id };
  const options = $api.queryOptions("get", "/api/characters/{id}", { params: { path } });
  const query = useQuery({
    ...options,
    refetchInterval: ({ state }) => (state.data?.character.status === "processing" ? LOOK_AGAIN : false),
  });
  const character = query.data?.character;
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: options.queryKey }),
      queries.invalidateQueries({ queryKey: ["get", "/api/characters"] }),
    ]);
  const judge = useMutation({
    mutationFn: (status: "approved" | "rejected") =>
      api.PATCH("/api/characters/{id}", {
        params: { path, header: { "If-Match": ifMatch(character?.version ?? 0) } },
        body: { status },
      }),
    onSuccess: async (_, status) => {
      await refresh();
      if (status !== "approved" || !character) return;
      toast(characters.approved({ name: character.name }), { tone: "ok" });
      if (project) await navigate({ to: `/p/${project}/cast` as string });
    },
  });
  const redraw = useMutation({
    mutationFn: (only: number[]) =>
      api.POST("/api/characters/{id}/regenerate-tests", {
        params: { path },
        body: { ...FREE, budget_usd: null, quote_id: null, only },
      }),
    onSuccess: () => {
      setPicked(new Set());
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/characters/{id}", { params: { path } }),
    onSuccess: async () => {
      queries.removeQueries({ queryKey: options.queryKey });
      await queries.invalidateQueries({ queryKey: ["get", "/api/characters"] });
      toast(characters.removed, { tone: "ok" });
      await navigate({ to: "/characters" });
    },
  });
  const waiting = character !== undefined && character.status !== "processing" && character.test_images.length > 0;
  useCommands([
    {
      id: "approve",
      label: characters.approve,
      group: characters.title,
      keys: "a",
      disabled: !waiting,
      run: () => judge.mutate("approved"),
    },
    {
      id: "reject",
      label: characters.reject,
      group: characters.title,
      keys: "x",
      disabled: !waiting,
      run: () => judge.mutate("rejected"),
    },
  ]);
  if (query.isError && !character) return <ErrorPanel error={query.error} onRetry={() => query.refetch()} />;
  if (!character) {
    return (
      <Loading>
        <div className="mx-auto grid max-w-5xl gap-4 sm:grid-cols-2">
          <Skeleton className="aspect-video" />
          <Skeleton className="aspect-video" />
          <Skeleton className="aspect-video" />
          <Skeleton className="aspect-video" />
        </div>
      </Loading>
    );
  }
  const failure = judge.error ?? redraw.error ?? remove.error;
  const only = [...picked].sort((a, b) => a - b);
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="font-semibold text-xl">{character.name}</h1>
        <StandingBadge standing={standingOf(character)} />
        {character.projects_count > 0 && (
          <span className="text-fg-3 text-xs">{characters.inProjects({ count: character.projects_count })}</span>
        )}
        <span className="flex-1" />
        <Button tone="quiet" icon={<Pencil aria-hidden className="size-4" />} onClick={() => setEditing(true)}>
          {characters.edit}
        </Button>
        <Button tone="quiet" icon={<Trash2 aria-hidden className="size-4" />} onClick={() => setRemoving(true)}>
          {characters.remove}
        </Button>
      </header>
      {character.description && <p className="max-w-2xl text-fg-2">{character.description}</p>}
      <ReferencePhotos character={character} />
      <TestImages
        character={character}
        picked={picked}
        onPick={(index) => {
          const next = new Set(picked);
          if (!next.delete(index)) next.add(index);
          setPicked(next);
        }}
        onRetry={() => redraw.mutate([])}
      />
      {failure && <ErrorPanel compact error={failure} />}
      {waiting && (
        <div className="sticky bottom-4 flex flex-wrap items-center justify-end gap-2 rounded-xl bg-raised/95 p-3 shadow-pop backdrop-blur">
          <Button
            size="lg"
            icon={<RefreshCw aria-hidden className="size-4" />}
            busy={redraw.isPending}
            onClick={() => redraw.mutate(only)}
          >
            {only.length > 0 ? characters.redrawSome({ count: only.length }) : characters.redrawAll}
          </Button>
          <span className="flex-1" />
          {character.status !== "rejected" && (
            <Button
              size="lg"
              tone="quiet"
              icon={<X aria-hidden className="size-4" />}
              disabled={judge.isPending}
              onClick={() => judge.mutate("rejected")}
            >
              {characters.reject}
            </Button>
          )}
          {character.status !== "approved" && (
            <Button
              size="lg"
              tone="main"
              icon={<Check aria-hidden className="size-4" />}
              busy={judge.isPending}
              onClick={() => judge.mutate("approved")}
            >
              {characters.approve}
            </Button>
          )}
        </div>
      )}
      {editing && <CharacterDetails character={character} onClose={() => setEditing(false)} onSaved={refresh} />}
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        danger
        title={characters.removeTitle({ name: character.name })}
        description={characters.removeText}
        action={characters.remove}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {character.projects_count > 0 && (
          <p className="mt-3 text-warn">{characters.removeTouches({ count: character.projects_count })}</p>
        )}
      </Confirm>
    </div>
  );
}
