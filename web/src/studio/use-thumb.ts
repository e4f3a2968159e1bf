import { useEffect, useReducer } from "react";
import { grab, grabbed } from "./frame-grabber";

/** The picture of a scene or of a version: its still, else a frame of its clip, else none yet. */
export function useThumb(
  of: { image_url?: string | null; video_url?: string | null } | null,
  wanted = true,
): string | null {
  const [, told] = useReducer((count: number) => count + 1, 0);
  const still = of?.image_url ?? null;
  const clip = still ? null : (of?.video_url ?? null);
  useEffect(() => (wanted && clip ? grab(clip, told) : undefined), [clip, wanted]);
  return still ?? (clip ? grabbed(clip) : null);
}
