import { Link } from "@tanstack/react-router";
import { Check, UserRound } from "lucide-react";
import { studio } from "@/messages/studio";
import { Avatar } from "@/ui/Avatar";
import { buttonStyles } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { Empty } from "@/ui/Empty";
import { useStudio } from "../context";
import type { Scene } from "../scene";
import type { CastChoice } from "./MentionPrompt";

interface CastTabProps {
  readonly scene: Scene;
  readonly everybody: readonly CastChoice[];
}

/** Who is in the picture. */
export function CastTab({ scene, everybody }: CastTabProps) {
  const { session, canEdit, project } = useStudio();
  if (everybody.length === 0) {
    return (
      <Empty
        icon={<UserRound aria-hidden />}
        title={studio.noCast}
        text={studio.noCastText}
        action={
          <Link to={"/p/$id/cast" as "/p/$id"} params={{ id: project.id }} className={buttonStyles({ tone: "plain" })}>
            {studio.chooseCast}
          </Link>
        }
      />
    );
  }
  const toggle = (id: string) => {
    const { cast } = scene.config;
    const now = cast.includes(id) ? cast.filter((one) => one !== id) : [...cast, id];
    session.editor.run({ kind: "change", scene: scene.id, change: { config: { cast: now } } });
  };
  return (
    <ul className="flex flex-col gap-1.5">
      {everybody.map((one) => {
        const inside = scene.config.cast.includes(one.id);
        return (
          <li key={one.id}>
            <button
              type="button"
              aria-pressed={inside}
              disabled={!canEdit || scene.locked}
              onClick={() => toggle(one.id)}
              className={cn(
                "flex w-full items-center gap-3 rounded-lg bg-raised p-2.5 text-left ring-line hover:bg-hover disabled:opacity-60",
                inside && "bg-ember-soft",
              )}
            >
              <Avatar name={one.name} src={one.portrait} className="size-10" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-sm">@{one.name}</span>
                <span className="block text-2xs text-fg-3">{inside ? studio.inScene : studio.notInScene}</span>
              </span>
              {inside && <Check aria-hidden className="size-4 text-ember" />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
