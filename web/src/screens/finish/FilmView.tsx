import { useQuery } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { useMemo, useRef } from "react";
import { $api } from "@/api/client";
import { shortTimecode } from "@/engine/timecode";
import { captionTrack } from "@/media/player/captions";
import { chaptersOf } from "@/media/player/chapters";
import { Player } from "@/media/player/Player";
import { parseSprites, type SpriteSheet } from "@/media/player/sprites";
import { finish } from "@/messages/finish";
import { gridOf, type Project, type Scene, stateOf } from "@/studio/scene";
import { stableUrl } from "@/studio/signed-urls";
import { type FilmSet, fileOfKind } from "./use-films";

interface FilmViewProps {
  readonly project: Project;
  readonly scenes: readonly Scene[];
  readonly film: FilmSet | null;
}

export function FilmView({ project, scenes, film }: FilmViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const { sections } = useMemo(() => gridOf(project), [project]);
  const chapters = chaptersOf(sections);
  const lyrics = $api.useQuery(
    "get",
    "/api/projects/{id}/lyrics",
    { params: { path: { id: project.id } } },
    { staleTime: 60_000 },
  );
  const captions = useMemo(() => captionTrack(lyrics.data?.lines ?? []), [lyrics.data]);
  const sprites = useSprites(film);
  const changed = scenes.filter((scene) => stateOf(scene) !== "ready").length;
  const go = (time: number) => {
    if (!video.current) return;
    video.current.currentTime = time;
    void video.current.play().catch(() => undefined);
  };
  return (
    <section aria-label={project.title} className="flex flex-col gap-3">
      <Player
        video={video}
        src={stableUrl(project.final_video_url ?? "")}
        poster={project.poster_url ? stableUrl(project.poster_url) : null}
        title={project.title}
        length={project.final_video_duration_seconds ?? project.audio_duration_seconds ?? 0}
        chapters={chapters}
        sprites={sprites}
        captions={captions}
        className="max-h-[72vh]"
      />
      {changed > 0 && (
        <p className="flex items-center gap-2 rounded-md bg-warn/12 px-3 py-2 text-warn text-xs">
          <Info aria-hidden className="size-4 shrink-0" />
          {finish.stale({ count: changed })}
        </p>
      )}
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold text-xl">{project.title}</h2>
        {project.artist && <span className="text-fg-2">{project.artist}</span>}
      </div>
      <nav aria-label={finish.chapters}>
        <ol className="flex flex-wrap gap-1.5">
          {chapters.map((chapter) => (
            <li key={chapter.start}>
              <button
                type="button"
                onClick={() => go(chapter.start)}
                className="flex h-8 items-center gap-2 rounded-full bg-raised pr-3 pl-2.5 text-xs ring-line transition-colors duration-[120ms] hover:bg-hover"
              >
                <span aria-hidden className="h-3 w-[3px] rounded-full" style={{ background: chapter.colour }} />
                {chapter.name}
                <span className="tnum text-fg-3">{shortTimecode(chapter.start)}</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
    </section>
  );
}

/** The sheet of small pictures of this film; scrubbing works without it. */
function useSprites(film: FilmSet | null): SpriteSheet | null {
  const track = fileOfKind(film, "sprite_track");
  const image = fileOfKind(film, "sprites");
  const { data } = useQuery({
    queryKey: ["sprites", track?.id],
    enabled: track !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => parseSprites(await (await fetch(track?.url ?? "", { signal })).text()),
  });
  return data && data.length > 0 && image ? { image: stableUrl(image.url), sprites: data } : null;
}
