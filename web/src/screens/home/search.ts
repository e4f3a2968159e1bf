export const SORTS = ["updated_desc", "created_desc", "title_asc"] as const;
export type Sort = (typeof SORTS)[number];
const SHOWN = ["archived", "deleted"] as const;

export interface HomeSearch {
  readonly q?: string;
  readonly sort?: Sort;
  readonly show?: "current" | "archived" | "deleted";
  readonly offset?: number;
}

/** What stands in the address, as far as it makes sense. */
export function homeSearch(search: Record<string, unknown>): HomeSearch {
  const offset = Number(search.offset);
  return {
    q:
      typeof search.q === "string" && search.q !== ""
        ? search.q
        : typeof search.q === "number"
          ? String(search.q)
          : undefined,
    sort: SORTS.find((sort) => sort === search.sort),
    show: SHOWN.find((show) => show === search.show),
    offset: Number.isInteger(offset) && offset > 0 ? offset : undefined,
  };
}
