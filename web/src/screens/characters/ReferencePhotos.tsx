import { Check, CircleAlert } from "lucide-react";
import { characters } from "@/messages/characters";
import { type Character, photoReports } from "./character";

/** The photos with what was seen in each. */
export function ReferencePhotos({ character }: { readonly character: Character }) {
  const reports = photoReports(character);
  return (
    <section aria-labelledby="photos">
      <h2 id="photos" className="mb-2 font-semibold text-base">
        {characters.photos}
      </h2>
      <ul className="flex gap-3 overflow-x-auto pb-1">
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
    </section>
  );
}
