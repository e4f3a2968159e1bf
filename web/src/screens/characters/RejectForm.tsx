import { type FormEvent, useState } from "react";
import { characters } from "@/messages/characters";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { RadioTiles } from "@/ui/Choice";
import { Field } from "@/ui/Field";
import { Textarea } from "@/ui/Input";

export type Flaw = keyof typeof characters.flaws;

export interface Remark {
  readonly reason: Flaw;
  readonly note: string;
}

const FLAWS: readonly Flaw[] = ["face", "age", "hair", "clothes", "other"];
const LONGEST_NOTE = 300;

interface RejectFormProps {
  /** Which picture it is about. */
  readonly name: string;
  readonly before: Remark | null;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onReject: (remark: Remark) => void;
}

/** Why a picture is not right: a reason to choose and words of one's own, which the next picture is asked to heed. */
export function RejectForm({ name, before, busy, onCancel, onReject }: RejectFormProps) {
  const [reason, setReason] = useState<Flaw | null>(before?.reason ?? null);
  const [note, setNote] = useState(before?.note ?? "");
  const ready = reason !== null && (reason !== "other" || note.trim() !== "");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) onReject({ reason, note: note.trim() });
  }
  return (
    <form onSubmit={submit} aria-label={`${name}: ${characters.whatIsWrong}`} className="flex flex-col gap-2.5">
      <p className="font-medium text-fg-2 text-xs">{characters.whatIsWrong}</p>
      <RadioTiles
        label={characters.whatIsWrong}
        className="grid-cols-5"
        value={reason}
        onChange={setReason}
        options={FLAWS.map((value) => ({ value, label: characters.flaws[value] }))}
      />
      <Field label={characters.note} optional={reason !== "other"} hint={characters.noteHint}>
        <Textarea
          value={note}
          rows={2}
          maxLength={LONGEST_NOTE}
          placeholder={characters.notePlaceholder}
          className="min-h-14"
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button tone="quiet" onClick={onCancel}>
          {common.cancel}
        </Button>
        <Button type="submit" tone="danger" busy={busy} disabled={!ready}>
          {characters.saveReason}
        </Button>
      </div>
    </form>
  );
}
