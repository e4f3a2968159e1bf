import { Clapperboard, Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { chaptersOf } from "@/media/player/chapters";
import { Player } from "@/media/player/Player";
import { film as words } from "@/messages/film";
import { buttonStyles } from "@/ui/Button";
import { Comments } from "./Comments";
import { commentsOf, type SharedComment, type SharedFilm } from "./shared-film";

interface SharedViewProps {
  readonly token: string;
  readonly password: string | null;
  readonly film: SharedFilm;
  /** Addresses run out: the film is asked for anew, once. */
  readonly onStale: () => void;
}

export function SharedView({ token, password, film, onStale }: SharedViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const renewed = useRef(false);
  const [comments, setComments] = useState<readonly SharedComment[]>([]);
  const chapters = chaptersOf(film.chapters);
  useEffect(() => {
    if (!film.allow_comments) return;
    let here = true;
    commentsOf(token, password).then(
      (found) => here && setComments(found),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [token, password, film.allow_comments]);
  const go = (time: number) => {
    if (!video.current) return;
    video.current.currentTime = time;
    void video.current.play().catch(() => undefined);
  };
  const markers = comments
    .filter((comment) => comment.at_seconds != null)
    .map((comment) => ({ id: comment.id, time: comment.at_seconds ?? 0, name: comment.author_name }));
  return (
    <main className="mx-auto flex min-h-full max-w-6xl flex-col gap-5 px-4 py-5 sm:px-6 sm:py-8">
      {film.video_url ? (
        <Player
          video={video}
          src={film.video_url}
          poster={film.poster_url}
          title={film.title}
          length={film.duration_seconds ?? 0}
          chapters={chapters}
          markers={markers}
          onBroken={() => {
            if (renewed.current) return;
            renewed.current = true;
            onStale();
          }}
          className="max-h-[78vh]"
        />
      ) : (
        <div className="flex aspect-video flex-col items-center justify-center gap-2 rounded-lg bg-panel text-center ring-line">
          <Clapperboard aria-hidden className="size-8 text-fg-3" />
          <p className="font-semibold">{words.noFilm}</p>
          <p className="text-fg-2">{words.noFilmText}</p>
        </div>
      )}
      <header className="flex flex-wrap items-start gap-4">
        <div className="min-w-0 flex-1">
          <h1 className="font-semibold text-xl">{film.title}</h1>
          {film.artist && <p className="text-fg-2">{words.by({ artist: film.artist })}</p>}
        </div>
        {film.download_url && (
          <a href={film.download_url} download className={buttonStyles({ size: "lg" })}>
            <Download aria-hidden className="size-4" />
            {words.download}
          </a>
        )}
      </header>
      {film.video_url && chapters.length > 0 && (
        <nav aria-label={words.chapters}>
          <ol className="flex flex-wrap gap-1.5">
            {chapters.map((chapter) => (
              <li key={chapter.start}>
                <button
                  type="button"
                  onClick={() => go(chapter.start)}
                  className="flex h-8 items-center gap-2 rounded-full bg-raised pr-3 pl-2.5 text-xs ring-line hover:bg-hover"
                >
                  <span aria-hidden className="h-3 w-[3px] rounded-full" style={{ background: chapter.colour }} />
                  {chapter.name}
                  <span className="tnum text-fg-3">{shortTimecode(chapter.start)}</span>
                </button>
              </li>
            ))}
          </ol>
        </nav>
      )}
      {film.allow_comments && (
        <Comments
          token={token}
          password={password}
          video={video}
          comments={comments}
          onSaid={(comment) => setComments((before) => [...before, comment])}
          onJump={go}
        />
      )}
      <footer className="mt-auto pt-6 text-center text-2xs text-fg-3">
        <a href="/" className="hover:text-fg-2">
          {words.madeWith}
        </a>
      </footer>
    </main>
  );
}
