// A song's timed lines, and how they are moved without ever overlapping.

import { $api, type Schemas } from "@/api/client";

export type LyricLine = Schemas["Line"];

/** Below this a person should look at a line's times. */
export const LINE_SURE = 0.4;
const SHORTEST = 0.2;

export function lyricsQuery(project: string) {
  return $api.queryOptions("get", "/api/projects/{id}/lyrics", { params: { path: { id: project } } });
}

/** The line that begins elsewhere, as long as before; its words move along. A time that a person sets is certain. */
export function moveLine(line: LyricLine, start: number): LyricLine {
  const by = Math.max(0, start) - line.start;
  const { confidence: _, ...rest } = line;
  return {
    ...rest,
    start: line.start + by,
    end: line.end + by,
    words: line.words?.map(({ confidence: __, ...word }) => ({ ...word, start: word.start + by, end: word.end + by })),
  };
}

/** Another wording: the times of single words no longer fit and go. */
export function rewordLine(line: LyricLine, text: string): LyricLine {
  if (text === line.text) return line;
  const { words: _, heard: __, ...rest } = line;
  return { ...rest, text };
}

/** Lines in order, each cut where the next begins. `null` when one would have no room left. */
export function settled(lines: readonly LyricLine[]): LyricLine[] | null {
  const inOrder = [...lines].sort((a, b) => a.start - b.start);
  const cut: LyricLine[] = [];
  for (const [index, line] of inOrder.entries()) {
    const end = Math.min(line.end, inOrder[index + 1]?.start ?? Number.POSITIVE_INFINITY);
    if (end - line.start < SHORTEST) return null;
    const words = line.words
      ?.filter((word) => word.start < end)
      .map((word) => ({ ...word, end: Math.min(word.end, end) }));
    cut.push({ ...line, end, ...(words && words.length === line.words?.length ? { words } : { words: undefined }) });
  }
  return cut;
}
