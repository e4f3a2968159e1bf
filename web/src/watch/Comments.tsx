import { type FormEvent, type RefObject, useEffect, useState } from "react";
import { shortTimecode } from "@/engine/timecode";
import { formatAgo } from "@/i18n/format";
import { film as words } from "@/messages/film";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Input, Textarea } from "@/ui/Input";
import { Refused, type SharedComment, say } from "./shared-film";

interface CommentsProps {
  readonly token: string;
  readonly password: string | null;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly comments: readonly SharedComment[];
  readonly onSaid: (comment: SharedComment) => void;
  readonly onJump: (time: number) => void;
}

const NAME = "mv.watch.name";

/** What viewers say, without an account; tied to a moment if they like. */
export function Comments({ token, password, video, comments, onSaid, onJump }: CommentsProps) {
  const [name, setName] = useState(() => localStorage.getItem(NAME) ?? "");
  const [body, setBody] = useState("");
  const [pinned, setPinned] = useState(true);
  const [time, setTime] = useState(0);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const tell = () => setTime(element.currentTime);
    element.addEventListener("timeupdate", tell);
    return () => element.removeEventListener("timeupdate", tell);
  }, [video]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setSaid(null);
    localStorage.setItem(NAME, name);
    const at = pinned && video.current ? video.current.currentTime : null;
    say(token, password, { author_name: name.trim(), body: body.trim(), at_seconds: at })
      .then(
        (comment) => {
          onSaid(comment);
          setBody("");
          setSaid(words.sent);
        },
        (error: unknown) => {
          const later = error instanceof Refused && error.refusal.kind === "later" ? error.refusal.seconds : null;
          setSaid(later === null ? words.commentFailed : words.tooOften({ seconds: later }));
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <section
      aria-labelledby="comments"
      className="grid gap-6 rounded-xl bg-panel p-5 ring-line md:grid-cols-[minmax(0,1fr)_320px]"
    >
      <div className="min-w-0">
        <h2 id="comments" className="mb-2 font-semibold text-base">
          {words.comments}
        </h2>
        {comments.length === 0 && <p className="text-fg-3 text-sm">{words.noComments}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {comments.map((comment) => (
            <li key={comment.id} className="py-2.5">
              <p className="flex items-center gap-2 text-2xs text-fg-3">
                {comment.at_seconds != null && (
                  <button
                    type="button"
                    aria-label={words.jump({ time: shortTimecode(comment.at_seconds) })}
                    onClick={() => onJump(comment.at_seconds ?? 0)}
                    className="tnum min-h-6 rounded-sm bg-ember-soft px-1.5 font-medium text-ember hover:bg-ember/25"
                  >
                    {shortTimecode(comment.at_seconds)}
                  </button>
                )}
                <span className="truncate font-medium text-fg-2">{comment.author_name}</span>
                <span>{formatAgo(comment.created_at)}</span>
              </p>
              <p className="mt-1 whitespace-pre-wrap">{comment.body}</p>
            </li>
          ))}
        </ul>
      </div>
      <form onSubmit={submit} className="flex flex-col gap-2">
        <Input
          required
          aria-label={words.name}
          placeholder={words.name}
          maxLength={100}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Textarea
          required
          aria-label={words.comment}
          placeholder={words.comment}
          maxLength={2000}
          value={body}
          onChange={(event) => setBody(event.target.value)}
        />
        {video.current && (
          <Checkbox checked={pinned} onChange={setPinned}>
            {words.pin} <span className="tnum text-fg-3">{shortTimecode(time)}</span>
          </Checkbox>
        )}
        <Button type="submit" tone="main" size="lg" busy={busy} disabled={name.trim() === "" || body.trim() === ""}>
          {words.send}
        </Button>
        <p role="status" className="min-h-4 text-fg-2 text-xs">
          {said}
        </p>
      </form>
    </section>
  );
}
