import { useEffect, useMemo, useState } from "react";
import { $api } from "@/api/client";
import { PeaksPyramid } from "@/engine/peaks";
import type { Project } from "./scene";
import type { StudioSession } from "./session";
import { stableUrl } from "./signed-urls";

/** What the timeline needs of a song: its waveform and its lyrics. */
export function useSong(project: string) {
  const path = { params: { path: { id: project } } };
  const peaks = $api.useQuery(
    "get",
    "/api/projects/{id}/peaks",
    { params: { ...path.params, query: { level: 0 } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const lyrics = $api.useQuery("get", "/api/projects/{id}/lyrics", path, { staleTime: 60_000 });
  const pyramid = useMemo(
    () => (peaks.data ? new PeaksPyramid(peaks.data.peaks, peaks.data.rate_hz) : null),
    [peaks.data],
  );
  const lines = lyrics.data?.lines;
  return { peaks: pyramid, lines: useMemo(() => lines ?? [], [lines]) };
}

/** The element that sounds: the studio's clock reads it. */
export function useSongPlayer(session: StudioSession, project: Project) {
  const [failed, setFailed] = useState(false);
  const url = project.audio_url ? stableUrl(project.audio_url) : null;
  useEffect(() => {
    if (!url) return;
    const player = new Audio();
    player.preload = "auto";
    player.src = url;
    const broke = () => setFailed(true);
    player.addEventListener("error", broke);
    const detach = session.clock.attach(player);
    return () => {
      detach();
      player.removeEventListener("error", broke);
      player.removeAttribute("src");
      player.load();
      setFailed(false);
    };
  }, [session, url]);
  return { failed };
}
