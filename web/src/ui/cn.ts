import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({ extend: { classGroups: { "font-size": [{ text: ["2xs"] }] } } });

/** Class names joined; of two that set the same thing, the later wins. */
export function cn(...names: (string | false | null | undefined)[]): string {
  return merge(names.filter(Boolean).join(" "));
}
