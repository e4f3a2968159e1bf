/** How one text becomes another, word by word: what stays, what goes, what comes. */

export interface DiffPart {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Longer texts are shown whole, one after the other: nobody reads a diff of two thousand words. */
const MOST_WORDS = 600;

export function wordDiff(before: string, after: string): readonly DiffPart[] {
  const [old, now] = [words(before), words(after)];
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) return joined([part("gone", before), part("new", after)]);
  const common = longestCommon(old, now);
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]];
    if (was !== undefined && was === is) {
      parts.push(part("same", was));
      i += 1;
      j += 1;
    } else if (is === undefined || (was !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      parts.push(part("gone", was ?? ""));
      i += 1;
    } else {
      parts.push(part("new", is));
      j += 1;
    }
  }
  return joined(parts);
}

/** Words with the space after them, so that the parts put together are the text. */
function words(text: string): readonly string[] {
  return text.match(/\S+\s*|^\s+/gu) ?? [];
}

function part(kind: DiffPart["kind"], text: string): DiffPart {
  return { kind, text };
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

/** Lengths of the longest common rest from each pair of places on. */
function longestCommon(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = table[i] as number[];
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function joined(parts: readonly DiffPart[]): readonly DiffPart[] {
  const whole: DiffPart[] = [];
  for (const one of parts) {
    const last = whole.at(-1);
    if (one.text === "") continue;
    if (last?.kind === one.kind) whole[whole.length - 1] = part(one.kind, last.text + one.text);
    else whole.push(one);
  }
  return whole;
}
