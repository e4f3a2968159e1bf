import type { Schemas } from "@/api/client";
import { characters } from "@/messages/characters";

export type Character = Schemas["CharacterView"];

/** The built-in maker draws test pictures, and nobody is paid to describe photos: nothing here costs without a price shown. */
export const FREE = { image_model: "animatic", vision_model: "none" } as const;

export type Standing = keyof typeof characters.status;

export function standingOf(character: Character): Standing {
  return character.status in characters.status ? (character.status as Standing) : "pending";
}

type SeenProblem = keyof typeof characters.seen;

interface PhotoReport {
  readonly face: { readonly height: number; readonly sharpness: number; readonly light: number } | null;
  readonly problems: readonly SeenProblem[];
}

/** What the server saw in each photo; empty until it has looked. */
export function photoReports(character: Character): readonly PhotoReport[] {
  const data = character.analysis_data as { photos?: readonly PhotoReport[] };
  return data.photos ?? [];
}

/** The picture that stands for a character. */
export function portraitOf(character: Character): string | undefined {
  return character.reference_images[0];
}
