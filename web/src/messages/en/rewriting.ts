import type { Translation } from "@/i18n/words";
import type { rewriting as source } from "../ko/rewriting";

export const rewriting: Translation<typeof source> = {
  writeText: "Reads the lyrics and the song's form and writes the scenes. What breaks a rule is not used.",
  writeWhich: "Which scenes",
  writeChosen: (p) => (p.count === 1 ? "The chosen one" : `The ${p.count} chosen`),
  writeAll: (p) => `All ${p.count}`,
  writeSome: (p) => (p.count === 1 ? "Write 1 scene" : `Write ${p.count} scenes`),
  writeFor: (p) => (p.count === 1 ? `Write 1 scene for ${p.price}` : `Write ${p.count} scenes for ${p.price}`),
  writeKeeps: "Locked scenes stay as they are, and the words of before stay as versions.",
  writeStale: (p) =>
    p.count === 1
      ? "One scene has a picture, which has to be made again if its words change."
      : `${p.count} scenes have pictures, which have to be made again if their words change.`,
  staleTitle: (p) => (p.count === 1 ? "One picture has to be made again" : `${p.count} pictures have to be made again`),
  staleCosts: (p) =>
    `They would not show what the scenes say any more. Making them all again costs ${p.cost} and takes about ${p.time}. Nothing is spent now.`,
  staleFree: (p) =>
    `They would not show what the scenes say any more. Making them all again is free and takes about ${p.time}.`,
  staleGoOn: (p) => (p.count === 1 ? "Change 1 scene" : `Change ${p.count} scenes`),
};
