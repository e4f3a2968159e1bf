// Korean particles that depend on whether the word before them ends in a consonant.

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;
/** Final consonants of the digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구. */
const DIGITS = [21, RIEUL, 0, 16, 0, 0, 1, RIEUL, RIEUL, 0] as const;
/** Letters whose Korean names end in a consonant: 엘, 엠, 엔, 알. */
const LETTERS: Readonly<Record<string, number>> = { l: RIEUL, m: 16, n: 4, r: RIEUL };

function final(word: string): number {
  const last =
    word
      .trim()
      .replace(/[)\]}'"”’.!?]+$/u, "")
      .at(-1)
      ?.toLowerCase() ?? "";
  const code = last.codePointAt(0) ?? 0;
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) return (code - FIRST_SYLLABLE) % FINALS;
  if (/\d/.test(last)) return DIGITS[Number(last)] ?? 0;
  return LETTERS[last] ?? 0;
}

const PAIRS = { 이: ["이", "가"], 을: ["을", "를"], 은: ["은", "는"], 과: ["과", "와"] } as const;

/** The word with its particle: `particle("하린", "이")` is `하린이`, `particle("나래", "이")` is `나래가`. */
export function particle(word: string, kind: keyof typeof PAIRS | "으로"): string {
  const end = final(word);
  if (kind === "으로") return word + (end === 0 || end === RIEUL ? "로" : "으로");
  return word + PAIRS[kind][end === 0 ? 1 : 0];
}
