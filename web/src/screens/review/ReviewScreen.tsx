import { Link, useParams } from "@tanstack/react-router";
import { Clapperboard } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useUser } from "@/api/session";
import { shortTimecode } from "@/engine/timecode";
import { chaptersOf } from "@/media/player/chapters";
import { Player } from "@/media/player/Player";
import { finish } from "@/messages/finish";
import { notes as words } from "@/messages/notes";
import { NoteForm } from "@/notes/NoteForm";
import { NoteList } from "@/notes/NoteList";
import { useNotes } from "@/notes/use-notes";
import { mayEdit, useProject } from "@/project/project";
import { gridOf } from "@/studio/scene";
import { stableUrl } from "@/studio/signed-urls";
import { buttonStyles } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Empty } from "@/ui/Empty";

/** The film and what people say about it, side by side. */
export function ReviewScreen() {
  const { id } = useParams({ from: "/p/$id" });
  const { project } = useProject(id);
  const user = useUser();
  const of = useNotes(id);
  const video = useRef<HTMLVideoElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const [pinned, setPinned] = useState(true);
  const [time, setTime] = useState(0);
  const { sections } = useMemo(() => gridOf(project), [project]);
  const canEdit = mayEdit(project);
  const go = (seconds: number) => {
    if (video.current) video.current.currentTime = seconds;
  };
  const markers = of.notes
    .filter((note) => note.at_seconds != null && note.resolved_at == null)
    .map((note) => ({ id: note.id, time: note.at_seconds ?? 0, name: note.author_name }));
  return (
    <div className="mx-auto grid max-w-[1440px] gap-6 px-4 py-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_380px] lg:gap-8">
      <section
        aria-label={project.title}
        className="min-w-0"
        onTimeUpdateCapture={() => setTime(video.current?.currentTime ?? 0)}
      >
        {project.final_video_url ? (
          <Player
            video={video}
            src={stableUrl(project.final_video_url)}
            poster={project.poster_url ? stableUrl(project.poster_url) : null}
            title={project.title}
            length={project.final_video_duration_seconds ?? 0}
            chapters={chaptersOf(sections)}
            markers={markers}
            className="max-h-[75vh]"
          />
        ) : (
          <Empty
            icon={<Clapperboard aria-hidden />}
            title={finish.noFilm}
            text={finish.noFilmText}
            action={
              <Link to="/p/$id/edit" params={{ id }} className={buttonStyles({ tone: "main", size: "lg" })}>
                {words.openStudio}
              </Link>
            }
          />
        )}
      </section>
      <section
        aria-labelledby="notes-title"
        className="flex min-w-0 flex-col gap-4 rounded-xl bg-panel p-5 ring-line lg:max-h-[calc(100dvh-7rem)] lg:overflow-y-auto"
      >
        <div>
          <h2 id="notes-title" className="font-semibold text-base">
            {words.title}
          </h2>
          <p className="text-fg-3 text-xs">{words.reviewText}</p>
        </div>
        <NoteForm
          field={field}
          place={pinned ? words.at({ time: shortTimecode(time) }) : words.whole}
          busy={of.write.isPending}
          error={of.write.error}
          onWrite={(body, done) =>
            of.write.mutate(
              { body, at_seconds: pinned ? (video.current?.currentTime ?? 0) : null },
              { onSuccess: done },
            )
          }
        />
        {project.final_video_url && (
          <Checkbox checked={pinned} onChange={setPinned}>
            {words.pin}
          </Checkbox>
        )}
        <NoteList notes={of.notes} of={of} me={user?.id ?? null} canEdit={canEdit} onJump={go} />
      </section>
    </div>
  );
}
