import { useEffect, useRef, useState } from "react";

/** How long a pause in typing ends an edit: a sentence is one step of undo, not its letters. */
const PAUSE_MS = 900;

/** A text while it is typed: it reaches the editor when the person pauses or leaves the field. */
export function useDraft(value: string, commit: (text: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef({ draft, value, commit });
  latest.current = { draft, value, commit };

  const finish = () => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    const { draft: typed, value: known, commit: send } = latest.current;
    if (typed !== null && typed !== known) send(typed);
    setDraft(null);
  };
  const type = (text: string) => {
    setDraft(text);
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { draft: typed, value: known, commit: send } = latest.current;
      if (typed !== null && typed !== known && typed.trim() !== "") send(typed);
    }, PAUSE_MS);
  };
  // Leaving for another scene ends the edit too; what was typed must not be lost with the field.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the field goes away
  useEffect(() => finish, []);
  return { text: draft ?? value, type, finish };
}
