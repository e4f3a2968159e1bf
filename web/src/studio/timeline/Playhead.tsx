import { useEffect, useRef } from "react";
import { useStudio } from "../context";
import { below, LANES_HEIGHT } from "./paint-lanes";
import type { TimelineView } from "./timeline-view";

/** Where the song is. It is moved by hand each frame; nothing renders for it. */
export function Playhead({ view }: { readonly view: TimelineView }) {
  const { session } = useStudio();
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const move = () => {
      if (line.current) line.current.style.transform = `translateX(${session.clock.time * view.zoom}px)`;
    };
    const follow = (time: number) => {
      move();
      if (!session.clock.playing) view.reveal(time, 0);
      else if (session.view.getState().follow) view.reveal(time);
    };
    const stopFollowing = session.clock.onTime(follow);
    const stopMoving = view.onPaint(move);
    return () => {
      stopFollowing();
      stopMoving();
    };
  }, [session, view]);
  return (
    <div
      ref={line}
      aria-hidden
      className="pointer-events-none absolute top-0 left-0 z-30 w-0"
      style={{ height: below(LANES_HEIGHT) }}
    >
      <div className="absolute inset-y-0 left-0 w-px bg-fg" />
      <div className="absolute top-3.5 -left-[5.5px] h-3 w-3 rounded-[4px] rounded-b-full bg-fg shadow" />
    </div>
  );
}
