import { useEffect, useMemo, useRef } from "react";
import type { Schemas } from "@/api/client";
import { lastAtOrBefore } from "@/engine/song-grid";
import { useStudio } from "../context";

/** The line that is sung now. Written by hand: it changes with the song, not with the page. */
export function Captions({ lines }: { readonly lines: readonly Schemas["Line"][] }) {
  const { session } = useStudio();
  const text = useRef<HTMLParagraphElement>(null);
  const starts = useMemo(() => lines.map((line) => line.start), [lines]);
  useEffect(
    () =>
      session.clock.onTime((time) => {
        const line = lines[lastAtOrBefore(starts, time)];
        const words = line && time < line.end ? line.text : "";
        if (text.current && text.current.textContent !== words) text.current.textContent = words;
      }),
    [session, lines, starts],
  );
  return (
    <p
      ref={text}
      lang="ko"
      className="pointer-events-none absolute inset-x-[6%] bottom-[5%] text-center font-semibold text-[clamp(13px,2.1cqw,24px)] text-white leading-snug [text-shadow:0_1px_3px_rgb(0_0_0/.8),0_0_18px_rgb(0_0_0/.5)]"
    />
  );
}
