import { useEffect, useRef } from "react";
import { clock as plainClock, timecode } from "@/i18n/format";
import { cn } from "@/ui/cn";
import type { SongClock } from "./song-clock";

/** The song's time, written without drawing anything anew. */
export function Time({
  clock,
  exact = false,
  className,
}: {
  readonly clock: SongClock | null;
  readonly exact?: boolean;
  readonly className?: string;
}) {
  const text = useRef<HTMLSpanElement>(null);
  const write = exact ? timecode : plainClock;
  useEffect(
    () =>
      clock?.subscribe((time) => {
        if (text.current) text.current.textContent = write(time);
      }),
    [clock, write],
  );
  return (
    <span ref={text} className={cn("tnum", className)}>
      {write(0)}
    </span>
  );
}
