import type { Ref } from "react";
import { useUser } from "@/api/session";
import { timecode } from "@/engine/timecode";
import { notes as words } from "@/messages/notes";
import { NoteForm } from "@/notes/NoteForm";
import { NoteList } from "@/notes/NoteList";
import type { Note, NotesOf } from "@/notes/use-notes";
import { useStudio } from "../context";
import type { Scene } from "../scene";

interface NotesTabProps {
  readonly scene: Scene;
  readonly notes: readonly Note[];
  readonly of: NotesOf;
  /** Where the song stands: a new comment is tied to it. */
  readonly time: number;
  readonly field: Ref<HTMLTextAreaElement>;
}

/** What was said about a scene, and a place to say more. */
export function NotesTab({ scene, notes, of, time, field }: NotesTabProps) {
  const { session, canEdit } = useStudio();
  const user = useUser();
  return (
    <div className="flex flex-col gap-4">
      <NoteForm
        field={field}
        place={words.at({ time: timecode(time) })}
        busy={of.write.isPending}
        error={of.write.error}
        onWrite={(body, done) =>
          of.write.mutate({ body, at_seconds: session.clock.time, scene_id: scene.id }, { onSuccess: done })
        }
      />
      <NoteList
        notes={notes}
        of={of}
        me={user?.id ?? null}
        canEdit={canEdit}
        onJump={(seconds) => session.clock.seek(seconds)}
      />
    </div>
  );
}
