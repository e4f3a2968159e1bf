// Messages of one area in both languages, read in the language in use. Korean is the source: what it has, English must
// have too, with the same parameters, or the type check fails.

import { getLocale, type Locale } from "./locale";

type Message = string | ((parameters: never) => string);
interface Messages {
  readonly [key: string]: Message | Messages;
}

/** The shape that another language must fill. */
export type Translation<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string
    ? string
    : Source[Key] extends (...parameters: infer Parameters) => string
      ? (...parameters: Parameters) => string
      : Translation<Source[Key]>;
};

function follow(path: readonly string[], byLocale: Record<Locale, Messages>): Messages {
  let place: Messages = byLocale[getLocale()];
  for (const key of path) place = place[key] as Messages;
  return place;
}

function reader(path: readonly string[], byLocale: Record<Locale, Messages>): object {
  const known = new Map<string, object>();
  return new Proxy(Object.freeze({}), {
    get(_, key) {
      if (typeof key !== "string") return undefined;
      const value = follow(path, byLocale)[key];
      if (typeof value !== "object") return value;
      const below = known.get(key) ?? reader([...path, key], byLocale);
      known.set(key, below);
      return below;
    },
    has: (_, key) => typeof key === "string" && key in follow(path, byLocale),
  });
}

export function words<Source>(ko: Source, en: Translation<Source>): Source {
  return reader([], { ko: ko as Messages, en: en as Messages }) as Source;
}
