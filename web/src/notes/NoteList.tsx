import { Check, MessageSquare, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { formatAgo } from "@/i18n/format";
import { notes as words } from "@/messages/notes";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { cn } from "@/ui/cn";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import type { Note, NotesOf } from "./use-notes";

interface NoteListProps {
  readonly notes: readonly Note[];
  readonly of: NotesOf;
  readonly me: string | null;
  readonly canEdit: boolean;
  readonly onJump: (seconds: number) => void;
}

/** Comments in the order of the song; those that were dealt with are folded away. */
export function NoteList({ notes, of, me, canEdit, onJump }: NoteListProps) {
  const [all, setAll] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const open = notes.filter((note) => note.resolved_at == null);
  const shown = (all ? [...notes] : open).sort((a, b) => (a.at_seconds ?? -1) - (b.at_seconds ?? -1));
  if (of.query.isError) return <ErrorPanel compact error={of.query.error} onRetry={() => void of.query.refetch()} />;
  return (
    <div className="flex flex-col gap-1">
      {shown.length === 0 && (
        <Empty icon={<MessageSquare aria-hidden />} title={words.none} text={words.noneText} className="py-8" />
      )}
      <ul className="flex flex-col gap-1">
        {shown.map((note) => (
          <NoteRow
            key={note.id}
            note={note}
            mine={note.user_id != null && note.user_id === me}
            of={of}
            canEdit={canEdit}
            onJump={onJump}
            onRemove={() => setRemoving(note.id)}
          />
        ))}
      </ul>
      {notes.length > open.length && (
        <Button tone="quiet" size="sm" className="self-center" onClick={() => setAll(!all)}>
          {all ? words.hideResolved : words.showResolved}
        </Button>
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(show) => !show && setRemoving(null)}
        title={words.removeTitle}
        description={words.removeText}
        action={words.remove}
        danger
        busy={of.remove.isPending}
        onConfirm={() => removing && of.remove.mutate(removing, { onSuccess: () => setRemoving(null) })}
      >
        {of.remove.isError && <ErrorPanel compact error={of.remove.error} className="mt-3" />}
      </Confirm>
    </div>
  );
}

interface NoteRowProps extends Pick<NoteListProps, "of" | "canEdit" | "onJump"> {
  readonly note: Note;
  readonly mine: boolean;
  readonly onRemove: () => void;
}

function NoteRow({ note, mine, of, canEdit, onJump, onRemove }: NoteRowProps) {
  const done = note.resolved_at != null;
  return (
    <li className={cn("group rounded-lg p-2.5 hover:bg-raised", done && "opacity-60")}>
      <p className="flex items-center gap-2 text-2xs text-fg-3">
        {note.at_seconds == null ? (
          <span className="rounded-sm bg-raised px-1.5 py-0.5">{words.wholeFilm}</span>
        ) : (
          <button
            type="button"
            aria-label={words.jump({ time: shortTimecode(note.at_seconds) })}
            onClick={() => onJump(note.at_seconds ?? 0)}
            className="tnum min-h-6 rounded-sm bg-ember-soft px-1.5 py-0.5 font-medium text-ember hover:bg-ember/25"
          >
            {shortTimecode(note.at_seconds)}
          </button>
        )}
        <span className="truncate font-medium text-fg-2">{note.author_name || words.guest}</span>
        <span className="shrink-0">{formatAgo(note.created_at)}</span>
        {done && (
          <Badge tone="ok" icon={<Check aria-hidden />}>
            {words.resolved}
          </Badge>
        )}
        {(mine || canEdit) && (
          <span className="ml-auto flex opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100">
            <IconButton
              size="sm"
              label={done ? words.reopen : words.resolve}
              onClick={() => of.change.mutate({ id: note.id, resolved: !done })}
            >
              {done ? <RotateCcw aria-hidden /> : <Check aria-hidden />}
            </IconButton>
            <IconButton size="sm" label={words.remove} onClick={onRemove}>
              <Trash2 aria-hidden />
            </IconButton>
          </span>
        )}
      </p>
      <p className="mt-1 whitespace-pre-wrap text-sm">{note.body}</p>
    </li>
  );
}
