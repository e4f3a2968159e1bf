// What the person said they make, kept in this browser: it only picks the first template of a new project.

const KEY = "mv.taste";

export interface Taste {
  readonly kind: string | null;
  readonly genre: string | null;
}

export function readTaste(): Taste {
  try {
    return { kind: null, genre: null, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Taste>) };
  } catch {
    return { kind: null, genre: null };
  }
}

export function keepTaste(taste: Taste): void {
  localStorage.setItem(KEY, JSON.stringify(taste));
}

/** The template that a new project begins with; the server's own choice when nothing fits. */
export function firstTemplate(
  templates: readonly { readonly id: string; readonly genres: readonly string[] }[],
): string | undefined {
  const { genre } = readTaste();
  return genre === null ? undefined : templates.find((template) => template.genres.includes(genre))?.id;
}
