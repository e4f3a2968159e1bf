import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowRight, Check, Plus, UserRound, UsersRound } from "lucide-react";
import { useState } from "react";
import { $api } from "@/api/client";
import { characters } from "@/messages/characters";
import { mayEdit, useProject } from "@/project/project";
import { useReplan } from "@/project/replan";
import { type Character, portraitOf, standingOf } from "@/screens/characters/character";
import { StandingBadge } from "@/screens/characters/StandingBadge";
import { Badge } from "@/ui/Badge";
import { Button, buttonStyles } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import { Loading, Skeleton } from "@/ui/Skeleton";

const MOST = 100;
const tile =
  "relative flex h-full flex-col overflow-hidden rounded-xl bg-panel text-left ring-line transition-shadow duration-[120ms]";

export function CastScreen() {
  const { id } = useParams({ from: "/p/$id/cast" });
  const { project, scenes } = useProject(id);
  const [choice, setChoice] = useState<Character | null>(null);
  const replan = useReplan(id);
  const editable = mayEdit(project);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/characters", { params: { query: { limit: MOST } } }),
    refetchInterval: (query) => (query.state.data?.data.some((one) => one.status === "processing") ? 5_000 : false),
  });
  const current = project.character_profile_id ?? null;

  function choose(character: Character) {
    if (character.id === current) return;
    // Without scenes there is nothing to lose, and nothing to ask.
    if (scenes.length === 0) replan.run({ character_profile_id: character.id });
    else setChoice(character);
  }

  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-64 flex-1">
          <h2 className="font-semibold text-xl">{characters.castTitle}</h2>
          <p className="mt-1 text-fg-2">{characters.castText}</p>
        </div>
        {replan.busy ? (
          // The board is being laid out: it opens when it is there.
          <Button tone="main" size="lg" busy>
            {characters.toBoard}
          </Button>
        ) : (
          <Link to="/p/$id/board" params={{ id }} className={buttonStyles({ tone: "main", size: "lg" })}>
            {characters.toBoard}
            <ArrowRight aria-hidden className="size-4" />
          </Link>
        )}
      </header>
      {replan.busy && (
        <div role="status" className="flex items-center gap-3 text-fg-2">
          <Bar value={null} label={characters.replanning} className="w-40" />
          {characters.replanning}
        </div>
      )}
      {replan.error !== null && <ErrorPanel compact error={replan.error} />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && (
        <Loading>
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            {["a", "b", "c", "d"].map((key) => (
              <Skeleton key={key} className="aspect-[4/5] rounded-xl" />
            ))}
          </div>
        </Loading>
      )}
      <ul className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4">
        {!current && list.isSuccess && (
          <li>
            <div className={cn(tile, "shadow-[inset_0_0_0_2px_var(--color-ember)]")}>
              <span className="flex aspect-[4/5] items-center justify-center bg-raised text-fg-3">
                <UsersRound aria-hidden className="size-10" />
              </span>
              <span className="p-3">
                <span className="flex items-center gap-1.5 font-medium">
                  {characters.nobody}
                  <Check aria-hidden className="size-4 text-ember" />
                </span>
                <span className="text-fg-3 text-xs">{characters.nobodyText}</span>
              </span>
            </div>
          </li>
        )}
        {list.data?.data.map((one) => (
          <li key={one.id}>
            <CastTile
              character={one}
              chosen={one.id === current}
              disabled={!editable || replan.busy}
              project={id}
              onChoose={() => choose(one)}
            />
          </li>
        ))}
        {editable && list.isSuccess && (
          <li>
            <Link
              to="/characters/new"
              search={{ project: id }}
              className="flex h-full min-h-56 flex-col items-center justify-center gap-2 rounded-xl border border-line-strong border-dashed text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg"
            >
              <Plus aria-hidden className="size-6" />
              {characters.create}
            </Link>
          </li>
        )}
      </ul>
      {current && <p className="text-fg-3 text-xs">{characters.cannotUnset}</p>}
      <Confirm
        open={choice !== null}
        onOpenChange={(open) => !open && setChoice(null)}
        title={characters.replanTitle}
        description={characters.replanText}
        action={characters.replan}
        onConfirm={() => {
          if (choice) replan.run({ character_profile_id: choice.id });
          setChoice(null);
        }}
      />
    </div>
  );
}

interface CastTileProps {
  readonly character: Character;
  readonly chosen: boolean;
  readonly disabled: boolean;
  readonly project: string;
  readonly onChoose: () => void;
}

function CastTile({ character, chosen, disabled, project, onChoose }: CastTileProps) {
  const picture = (
    <span className="block aspect-[4/5] overflow-hidden bg-raised">
      {portraitOf(character) ? (
        <img src={portraitOf(character)} alt="" className="size-full object-cover" />
      ) : (
        <UserRound aria-hidden className="size-10" />
      )}
    </span>
  );
  const words = (
    <span className="flex flex-col items-start gap-1.5 p-3">
      <span className="w-full truncate font-medium">{character.name}</span>
      {chosen ? (
        <Badge tone="ember" icon={<Check aria-hidden />}>
          {characters.chosen}
        </Badge>
      ) : (
        <StandingBadge standing={standingOf(character)} />
      )}
    </span>
  );
  if (character.status !== "approved") {
    return (
      <Link
        to="/characters/$id"
        params={{ id: character.id }}
        search={{ project }}
        className={cn(tile, "hover:shadow-[inset_0_0_0_1px_var(--color-line-strong)]")}
      >
        {picture}
        {words}
        <span className="px-3 pb-3 text-fg-3 text-xs">{characters.notApproved}</span>
      </Link>
    );
  }
  return (
    <button
      type="button"
      aria-pressed={chosen}
      disabled={disabled}
      onClick={onChoose}
      className={cn(
        tile,
        "w-full",
        chosen
          ? "shadow-[inset_0_0_0_2px_var(--color-ember)]"
          : "hover:shadow-[inset_0_0_0_1px_var(--color-line-strong)]",
      )}
    >
      {picture}
      {words}
    </button>
  );
}
