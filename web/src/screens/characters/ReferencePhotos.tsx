import { Check, CircleAlert, ImagePlus, ShieldCheck } from "lucide-react";
import { formatDate } from "@/i18n/format";
import { characters } from "@/messages/characters";
import { Button } from "@/ui/Button";
import { type Character, seenIn } from "./character";

interface ReferencePhotosProps {
  readonly character: Character;
  readonly onReplace: () => void;
}

/** The photos with what was seen in each, and who said that whoever is in them agreed. */
export function ReferencePhotos({ character, onReplace }: ReferencePhotosProps) {
  const reports = seenIn(character).photos ?? [];
  return (
    <section aria-labelledby="photos">
      <div className="mb-2 flex items-center gap-3">
        <h2 id="photos" className="flex-1 font-semibold text-base">
          {characters.photos}
        </h2>
        <Button
          size="sm"
          icon={<ImagePlus aria-hidden className="size-3.5" />}
          disabled={character.status === "processing"}
          onClick={onReplace}
        >
          {characters.otherPhotos}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <ul tabIndex={0} aria-labelledby="photos" className="flex gap-3 overflow-x-auto pb-1">
        {character.reference_images.map((address, index) => {
          const report = reports[index];
          return (
            <li key={address} className="w-36 shrink-0">
              <img
                src={address}
                alt={characters.photo({ name: character.name, number: index + 1 })}
                className="aspect-[4/5] w-full rounded-lg object-cover"
              />
              <ul className="mt-1.5 flex flex-col gap-0.5 text-xs">
                {report?.problems.map((problem) => (
                  <li key={problem} className="flex items-start gap-1.5 text-warn">
                    <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
                    {characters.seen[problem] ?? problem}
                  </li>
                ))}
                {report?.problems.length === 0 && (
                  <li className="flex items-center gap-1.5 text-ok">
                    <Check aria-hidden className="size-3.5" />
                    {characters.goodPhoto}
                  </li>
                )}
              </ul>
            </li>
          );
        })}
      </ul>
      {character.consents.length > 0 && (
        <ul className="mt-2 flex flex-col gap-0.5 text-fg-3 text-xs">
          {character.consents.map(({ given_at, photos }) => (
            <li key={given_at} className="flex items-center gap-1.5">
              <ShieldCheck aria-hidden className="size-3.5 shrink-0" />
              {characters.agreed({ date: formatDate(given_at), count: photos.length })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
