import { Clapperboard } from "lucide-react";
import { useEffect, useRef } from "react";
import { studio } from "@/messages/studio";
import { useStudio } from "../context";
import type { Version } from "../scene";

/** A version of a scene, as it was: its clip goes round by itself, or stands still with the song. */
export function VersionMedia({ version }: { readonly version: Pick<Version, "image_url" | "video_url"> }) {
  const { session } = useStudio();
  const video = useRef<HTMLVideoElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another clip in the same element starts anew
  useEffect(() => {
    const clip = video.current;
    if (!clip) return;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const follow = () => {
      if (session.clock.playing || !quiet) void clip.play().catch(() => undefined);
      else clip.pause();
    };
    follow();
    return session.clock.onState(follow);
  }, [session, version.video_url]);
  if (version.video_url) {
    return (
      <video
        ref={video}
        src={version.video_url}
        muted
        loop
        playsInline
        aria-hidden
        tabIndex={-1}
        className="absolute inset-0 size-full object-cover"
      />
    );
  }
  if (version.image_url)
    return <img src={version.image_url} alt="" className="absolute inset-0 size-full object-cover" />;
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-raised text-fg-2">
      <Clapperboard aria-hidden className="size-8 text-fg-3" />
      <p>{studio.notMade}</p>
    </div>
  );
}
