import { Plus, X } from "lucide-react";
import { studio } from "@/messages/studio";
import { Button } from "@/ui/Button";
import { Checkbox, Segmented } from "@/ui/Choice";
import { Field } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { Input, Textarea } from "@/ui/Input";
import { type Focus, LONGEST_INSTRUCTION, LONGEST_TEXT, type StillChange, type TextEdit } from "./still-change";

interface ChangeFieldsProps {
  readonly change: StillChange;
  readonly onChange: (part: Partial<StillChange>) => void;
}

const FOCUSES: readonly Focus[] = ["dual", "appearance", "semantic"];
const MOST_TEXTS = 20;

/** What is to change: in words, or the text in the picture. */
export function ChangeFields({ change, onChange }: ChangeFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      <Segmented
        label={studio.editKind}
        className="self-start"
        value={change.kind}
        onChange={(kind) => onChange({ kind })}
        options={[
          { value: "instruction", label: studio.editWords },
          { value: "text", label: studio.editText },
        ]}
      />
      {change.kind === "instruction" ? (
        <>
          <Field label={studio.instruction}>
            <Textarea
              value={change.instruction}
              rows={3}
              maxLength={LONGEST_INSTRUCTION}
              placeholder={studio.instructionExample}
              onChange={(event) => onChange({ instruction: event.target.value })}
            />
          </Field>
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <Segmented
              label={studio.editFocus}
              value={change.focus}
              onChange={(focus) => onChange({ focus })}
              options={FOCUSES.map((value) => ({ value, label: studio.focuses[value] }))}
            />
            <Checkbox checked={change.keepLayout} onChange={(keepLayout) => onChange({ keepLayout })}>
              {studio.keepLayout}
            </Checkbox>
          </div>
        </>
      ) : (
        <Texts texts={change.texts} onChange={(texts) => onChange({ texts })} />
      )}
    </div>
  );
}

function Texts({
  texts,
  onChange,
}: {
  readonly texts: readonly TextEdit[];
  readonly onChange: (texts: readonly TextEdit[]) => void;
}) {
  const set = (place: number, part: Partial<TextEdit>) =>
    onChange(texts.map((text, index) => (index === place ? { ...text, ...part } : text)));
  return (
    <div className="flex flex-col gap-3">
      {texts.map((text, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and keep their place
        <div key={place} className="flex flex-col gap-2 rounded-lg p-2.5 ring-line">
          <div className="flex items-end gap-2">
            <Field label={studio.textNow} className="min-w-0 flex-1">
              <Input
                value={text.from}
                maxLength={LONGEST_TEXT}
                className="h-8"
                onChange={(event) => set(place, { from: event.target.value })}
              />
            </Field>
            <Field label={studio.textNew} className="min-w-0 flex-1">
              <Input
                value={text.to}
                maxLength={LONGEST_TEXT}
                className="h-8"
                onChange={(event) => set(place, { to: event.target.value })}
              />
            </Field>
            {texts.length > 1 && (
              <IconButton
                label={studio.removeText}
                onClick={() => onChange(texts.filter((_, index) => index !== place))}
              >
                <X aria-hidden />
              </IconButton>
            )}
          </div>
          <Checkbox checked={text.keepFont} onChange={(keepFont) => set(place, { keepFont })}>
            {studio.keepFont}
          </Checkbox>
        </div>
      ))}
      {texts.length < MOST_TEXTS && (
        <Button
          size="sm"
          tone="quiet"
          className="self-start"
          icon={<Plus aria-hidden className="size-3.5" />}
          onClick={() => onChange([...texts, { from: "", to: "", keepFont: true }])}
        >
          {studio.addText}
        </Button>
      )}
    </div>
  );
}
