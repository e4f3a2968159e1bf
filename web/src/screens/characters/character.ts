import type { Schemas } from "@/api/client";
import { characters } from "@/messages/characters";

export type Character = Schemas["CharacterView"];
export type TestPicture = Schemas["TestPictureView"];

export type Standing = keyof typeof characters.status;

export function standingOf(character: Character): Standing {
  return character.status in characters.status ? (character.status as Standing) : "pending";
}

type SeenProblem = keyof typeof characters.seen;

interface PhotoReport {
  readonly face: { readonly height: number; readonly sharpness: number; readonly light: number } | null;
  readonly problems: readonly SeenProblem[];
}

interface Seen {
  readonly photos?: readonly PhotoReport[];
  readonly description?: string;
  readonly key_features?: readonly string[];
  readonly style_preference?: string;
  readonly confidence_score?: number;
  readonly described_by?: string;
  readonly description_error?: { readonly message?: string; readonly hint?: string };
}

/** What was seen in the photos, here and by a model; empty until somebody has looked. */
export function seenIn(character: Character): Seen {
  return character.analysis_data as Seen;
}

/** Numbers of the pictures that were said to be wrong. */
export function rejectedOf(character: Character): readonly number[] {
  return character.tests.filter((test) => test.verdict === "rejected").map((test) => test.number);
}

/** The picture that stands for a character. */
export function portraitOf(character: Character): string | undefined {
  return character.reference_images[0];
}
