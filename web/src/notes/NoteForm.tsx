import { Send } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type Ref, useState } from "react";
import { notes as words } from "@/messages/notes";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Textarea } from "@/ui/Input";

interface NoteFormProps {
  readonly field?: Ref<HTMLTextAreaElement>;
  /** What the comment will be tied to, as it is said to the person. */
  readonly place: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onWrite: (text: string, done: () => void) => void;
}

const MOST = 2000;

export function NoteForm({ field, place, busy, error, onWrite }: NoteFormProps) {
  const [text, setText] = useState("");
  const send = () => {
    if (text.trim() !== "" && !busy) onWrite(text.trim(), () => setText(""));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Textarea
        ref={field}
        aria-label={words.write}
        placeholder={words.placeholder}
        value={text}
        maxLength={MOST}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={key}
        className="min-h-18"
      />
      <div className="flex items-center gap-2">
        <span className="tnum min-w-0 flex-1 truncate text-2xs text-fg-3">{place}</span>
        <Button
          type="submit"
          busy={busy}
          disabled={text.trim() === ""}
          icon={<Send aria-hidden className="size-3.5" />}
        >
          {words.send}
        </Button>
      </div>
      {error != null && <ErrorPanel compact error={error} />}
    </form>
  );
}
