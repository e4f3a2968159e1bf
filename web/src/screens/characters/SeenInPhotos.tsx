import { CircleAlert, Eye } from "lucide-react";
import { useModelName } from "@/buying/models";
import { formatPercent } from "@/i18n/format";
import { characters } from "@/messages/characters";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { type Character, seenIn } from "./character";

interface SeenInPhotosProps {
  readonly character: Character;
  readonly onUse: (words: string) => void;
}

/** How a model describes the photos. It counts only where the person wrote nothing of their own. */
export function SeenInPhotos({ character, onUse }: SeenInPhotosProps) {
  const modelName = useModelName();
  const seen = seenIn(character);
  const { description, description_error: problem } = seen;
  if (!description && !problem) return null;
  const features = seen.key_features ?? [];
  const own = Boolean(character.description?.trim());
  return (
    <section aria-labelledby="seen" className="rounded-xl bg-panel p-4 ring-line">
      <div className="flex flex-wrap items-center gap-2">
        <Eye aria-hidden className="size-4 text-fg-3" />
        <h2 id="seen" className="font-semibold text-base">
          {characters.seenTitle}
        </h2>
        <span className="text-fg-3 text-xs">
          {seen.described_by && characters.describedBy({ model: modelName(seen.described_by) })}
        </span>
        {seen.confidence_score !== undefined && (
          <Badge tone={seen.confidence_score >= 0.6 ? "ok" : "warn"}>
            {characters.sure({ share: formatPercent(seen.confidence_score) })}
          </Badge>
        )}
      </div>
      {problem && (
        <p className="mt-2 flex items-start gap-1.5 text-sm text-warn">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            {characters.notDescribed}
            {(problem.hint ?? problem.message) && (
              <span className="block text-fg-2 text-xs">{problem.hint ?? problem.message}</span>
            )}
          </span>
        </p>
      )}
      {description && (
        <>
          <p className="mt-2 max-w-2xl text-fg-2 text-sm">{description}</p>
          {features.length > 0 && (
            <ul className="mt-2 flex flex-wrap gap-1.5">
              {features.map((feature) => (
                <li key={feature} className="rounded-full bg-hover px-2.5 py-0.5 text-fg-2 text-xs">
                  {feature}
                </li>
              ))}
            </ul>
          )}
          <div className="mt-3 flex flex-wrap items-center gap-3">
            <Button
              size="sm"
              onClick={() => onUse([description, ...features, seen.style_preference].filter(Boolean).join(". "))}
            >
              {characters.useWords}
            </Button>
            <span className="text-fg-3 text-xs">{own ? characters.ownWordsWin : characters.seenCounts}</span>
          </div>
        </>
      )}
    </section>
  );
}
