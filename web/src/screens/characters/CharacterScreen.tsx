import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Check, Pencil, RefreshCw, Trash2, X } from "lucide-react";
import { useState } from "react";
import { $api, api, ifMatch } from "@/api/client";
import { useModels } from "@/buying/models";
import { formatUsd } from "@/i18n/format";
import { useCommands } from "@/keys/shortcuts";
import { characters } from "@/messages/characters";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { toast } from "@/ui/toasts";
import { CharacterDetails } from "./CharacterDetails";
import { type Character, rejectedOf, standingOf } from "./character";
import { PhotosDialog } from "./PhotosDialog";
import { RedrawDialog } from "./RedrawDialog";
import { ReferencePhotos } from "./ReferencePhotos";
import { RemoveDialog } from "./RemoveDialog";
import { SeenInPhotos } from "./SeenInPhotos";
import { StandingBadge } from "./StandingBadge";
import { TestImages } from "./TestImages";

const LOOK_AGAIN = 2_000;
const LONGEST_LOOK = 500;

type Asking = { readonly what: "edit"; readonly look?: string } | { readonly what: "redraw" | "photos" | "remove" };

export function CharacterScreen() {
  const { id } = useParams({ from: "/app/characters/$id" });
  const { project } = useSearch({ from: "/app/characters/$id" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  // Known by the time that somebody asks for pictures anew.
  useModels("image");
  const [asking, setAsking] = useState<Asking | null>(null);
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
  async function greet(approved: Character) {
    toast(characters.approved({ name: approved.name }), { tone: "ok" });
    if (project) await navigate({ to: `/p/${project}/cast` as string });
  }
  async function judged(now: Character) {
    const before = character?.status;
    queries.setQueryData(options.queryKey, { character: now });
    await queries.invalidateQueries({ queryKey: ["get", "/api/characters"] });
    // The fourth word on its pictures decides about the character itself.
    if (now.status === "approved" && before !== "approved") await greet(now);
  }
  const judge = useMutation({
    mutationFn: (status: "approved" | "rejected") =>
      api.PATCH("/api/characters/{id}", {
        params: { path, header: { "If-Match": ifMatch(character?.version ?? 0) } },
        body: { status },
      }),
    onSuccess: async (_, status) => {
      await refresh();
      if (status === "approved" && character) await greet(character);
    },
  });
  const waiting = character !== undefined && character.status !== "processing" && character.tests.length > 0;
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
    {
      id: "redraw",
      label: characters.redrawAll,
      group: characters.title,
      keys: "r",
      disabled: !waiting,
      run: () => setAsking({ what: "redraw" }),
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
  const close = () => setAsking(null);
  const wrong = rejectedOf(character).length;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="font-semibold text-xl">{character.name}</h1>
        <StandingBadge standing={standingOf(character)} />
        <span className="tnum text-fg-3 text-xs">
          {[
            character.projects_count > 0 && characters.inProjects({ count: character.projects_count }),
            character.cost_usd > 0 && characters.costSoFar({ cost: formatUsd(character.cost_usd) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <span className="flex-1" />
        <Button
          tone="quiet"
          icon={<Pencil aria-hidden className="size-4" />}
          onClick={() => setAsking({ what: "edit" })}
        >
          {characters.edit}
        </Button>
        <Button
          tone="quiet"
          icon={<Trash2 aria-hidden className="size-4" />}
          onClick={() => setAsking({ what: "remove" })}
        >
          {characters.remove}
        </Button>
      </header>
      {character.description && <p className="max-w-2xl text-fg-2">{character.description}</p>}
      <ReferencePhotos character={character} onReplace={() => setAsking({ what: "photos" })} />
      <SeenInPhotos
        character={character}
        onUse={(words) => setAsking({ what: "edit", look: words.slice(0, LONGEST_LOOK) })}
      />
      <TestImages
        character={character}
        onRetry={() => setAsking({ what: "redraw" })}
        onJudged={judged}
        onStale={refresh}
      />
      {judge.isError && <ErrorPanel compact error={judge.error} />}
      {waiting && (
        <div className="sticky bottom-4 flex flex-wrap items-center justify-end gap-2 mv-float rounded-xl p-3 shadow-pop">
          <Button
            size="lg"
            tone={wrong > 0 ? "main" : "plain"}
            icon={<RefreshCw aria-hidden className="size-4" />}
            onClick={() => setAsking({ what: "redraw" })}
          >
            {wrong > 0 ? characters.redrawSome({ count: wrong }) : characters.redrawAll}
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
              tone={wrong > 0 ? "plain" : "main"}
              icon={<Check aria-hidden className="size-4" />}
              busy={judge.isPending}
              onClick={() => judge.mutate("approved")}
            >
              {characters.approve}
            </Button>
          )}
        </div>
      )}
      {asking?.what === "edit" && (
        <CharacterDetails character={character} look={asking.look} onClose={close} onSaved={refresh} />
      )}
      {asking?.what === "redraw" && <RedrawDialog character={character} onClose={close} onOrdered={refresh} />}
      {asking?.what === "photos" && <PhotosDialog character={character} onClose={close} onChanged={refresh} />}
      {asking?.what === "remove" && <RemoveDialog character={character} onClose={close} />}
    </div>
  );
}
