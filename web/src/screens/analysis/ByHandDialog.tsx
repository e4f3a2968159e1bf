import { type FormEvent, useId, useState } from "react";
import { timecode } from "@/i18n/format";
import { analysis } from "@/messages/analysis";
import { common } from "@/messages/common";
import type { SongAnalysis } from "@/project/analysis";
import { type Correction, evenly } from "@/project/correction";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Input, Select } from "@/ui/Input";
import { keyName } from "./Facts";

interface ByHandDialogProps {
  readonly said: Correction | null;
  readonly heard: SongAnalysis;
  /** Where the song stands. */
  readonly now: number;
  readonly onClose: () => void;
  readonly onSay: (said: Correction) => void;
}

const METRES = ["2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8"] as const;
const TONICS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] as const;
const KEYS = TONICS.flatMap((tonic) => [`${tonic} Major`, `${tonic} Minor`]);
const SLOWEST = 20;
const FASTEST = 400;

/** Tempo, first beat, metre and key as the person knows them. */
export function ByHandDialog({ said, heard, now, onClose, onSay }: ByHandDialogProps) {
  const form = useId();
  const [tempo, setTempo] = useState(heard.tempo.toFixed(2));
  const [here, setHere] = useState(false);
  const [metre, setMetre] = useState(heard.time_signature);
  const [key, setKey] = useState(heard.key);
  const bpm = Number(tempo);
  const good = Number.isFinite(bpm) && bpm >= SLOWEST && bpm <= FASTEST;
  const even = good && (here || tempo !== heard.tempo.toFixed(2));
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!good) return;
    const grid = even ? evenly(said, bpm, here ? now : null) : { ...said };
    onSay({
      ...grid,
      time_signature: metre === heard.time_signature ? said?.time_signature : metre,
      key: key === heard.key ? said?.key : key,
    });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={analysis.byHand}
      description={analysis.byHandText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} disabled={!good}>
            {common.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={analysis.tempoBpm}
          hint={analysis.tempoHint}
          error={good ? null : analysis.tempoNeeded({ least: SLOWEST, most: FASTEST })}
        >
          <Input
            inputMode="decimal"
            value={tempo}
            className="tnum"
            onChange={(event) => setTempo(event.target.value.replace(",", "."))}
          />
        </Field>
        <Checkbox checked={here} onChange={setHere}>
          {analysis.barHere({ time: timecode(now) })}
        </Checkbox>
        <div className="grid grid-cols-2 gap-3">
          <Field label={analysis.metre}>
            <Select value={metre} onChange={(event) => setMetre(event.target.value)}>
              {[...new Set([heard.time_signature, ...METRES])].map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={analysis.key}>
            <Select value={key} onChange={(event) => setKey(event.target.value)}>
              {[...new Set([heard.key, ...KEYS])].map((one) => (
                <option key={one} value={one}>
                  {keyName(one)}
                </option>
              ))}
            </Select>
          </Field>
        </div>
      </form>
    </Dialog>
  );
}
