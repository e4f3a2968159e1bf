import { Dices, Lock, LockOpen, WandSparkles } from "lucide-react";
import { useId, useState } from "react";
import { formatNumber, formatPercent } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { vocabulary } from "@/messages/vocabulary";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { Input, Select, Textarea } from "@/ui/Input";
import { Slider } from "@/ui/Slider";
import { useScenes, useStudio } from "../context";
import { ACTIONS, FRAMINGS, PLACES, type Scene, type SceneConfig, TIMES_OF_DAY, TRANSITIONS, WEATHERS } from "../scene";
import { CameraTiles } from "./CameraTiles";
import { LightSwatches } from "./LightSwatches";
import { type CastChoice, MentionPrompt } from "./MentionPrompt";
import { TimeStepper } from "./Stepper";
import { useDraft } from "./use-draft";

interface DirectTabProps {
  readonly scene: Scene;
  readonly everybody: readonly CastChoice[];
  readonly onPolish: () => void;
}

const MOST_PROMPT = 2000;
const MOST_DESCRIPTION = 500;

export function DirectTab({ scene, everybody, onPolish }: DirectTabProps) {
  const { session, canEdit } = useStudio();
  const { editor } = session;
  const off = !canEdit || scene.locked;
  const set = (config: Partial<SceneConfig>) => editor.run({ kind: "change", scene: scene.id, change: { config } });
  return (
    <div className="flex flex-col gap-5">
      <MentionPrompt
        aside={
          !off && (
            <Button
              tone="link"
              size="inline"
              icon={<WandSparkles aria-hidden className="size-3.5" />}
              onClick={onPolish}
            >
              {studio.polish}
            </Button>
          )
        }
        label={studio.prompt}
        value={scene.config.custom_prompt}
        most={MOST_PROMPT}
        disabled={off}
        everybody={everybody}
        cast={scene.config.cast}
        onChange={(custom_prompt) => set({ custom_prompt })}
        onCast={(cast) => set({ cast: [...cast] })}
      />
      <div>
        <p className="mb-1.5 font-medium text-fg-2 text-xs">{studio.camera}</p>
        <CameraTiles value={scene.config.camera} disabled={off} onChange={(camera) => set({ camera })} />
      </div>
      <div>
        <p className="mb-1.5 font-medium text-fg-2 text-xs">{studio.light}</p>
        <LightSwatches value={scene.config.lighting} disabled={off} onChange={(lighting) => set({ lighting })} />
      </div>
      <Intensity scene={scene} disabled={off} onChange={(intensity) => set({ intensity })} />
      <div className="grid grid-cols-2 gap-3">
        <Choice
          label={studio.place}
          value={scene.config.background}
          options={PLACES}
          names={vocabulary.places}
          disabled={off}
          onChange={(background) => set({ background })}
        />
        <Choice
          label={studio.framing}
          value={scene.config.camera_angle}
          options={FRAMINGS}
          names={vocabulary.framings}
          disabled={off}
          onChange={(camera_angle) => set({ camera_angle })}
        />
        <Choice
          label={studio.time}
          value={scene.config.time_of_day}
          options={TIMES_OF_DAY}
          names={vocabulary.times}
          disabled={off}
          onChange={(time_of_day) => set({ time_of_day })}
        />
        <Choice
          label={studio.weather}
          value={scene.config.weather}
          options={WEATHERS}
          names={vocabulary.weathers}
          disabled={off}
          onChange={(weather) => set({ weather })}
        />
        <Choice
          label={studio.action}
          value={scene.config.action}
          options={ACTIONS}
          names={vocabulary.actions}
          disabled={off}
          onChange={(action) => set({ action })}
        />
        {scene.scene_number > 1 && (
          <Choice
            label={studio.transition}
            value={scene.config.transition.kind}
            options={TRANSITIONS}
            names={vocabulary.transitions}
            disabled={off}
            onChange={(kind) =>
              set({ transition: { kind, beats: kind === "cut" ? 0 : scene.config.transition.beats || 1 } })
            }
          />
        )}
      </div>
      <Times scene={scene} disabled={!canEdit} />
      <SeedRow scene={scene} disabled={off} onChange={(seed) => set({ seed })} />
      <Words scene={scene} disabled={off} />
    </div>
  );
}

/** Sliders edit when they are let go: a drag is one step of undo. */
function Intensity({
  scene,
  disabled,
  onChange,
}: {
  readonly scene: Scene;
  readonly disabled: boolean;
  readonly onChange: (value: number) => void;
}) {
  const [held, setHeld] = useState<number | null>(null);
  const value = held ?? scene.config.intensity;
  return (
    <Slider
      label={studio.intensity}
      value={value}
      text={formatPercent(value)}
      disabled={disabled}
      onChange={setHeld}
      onCommit={(done) => {
        setHeld(null);
        if (Math.abs(done - scene.config.intensity) > 1e-6) onChange(done);
      }}
    />
  );
}

interface ChoiceProps<Word extends string> {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Word[];
  readonly names: Readonly<Record<Word, string>>;
  readonly disabled: boolean;
  readonly onChange: (word: Word) => void;
}

function Choice<Word extends string>({ label, value, options, names, disabled, onChange }: ChoiceProps<Word>) {
  return (
    <Field label={label}>
      <Select
        value={value}
        disabled={disabled}
        className="h-8 pl-2.5 text-xs"
        onChange={(event) => onChange(event.target.value as Word)}
      >
        {options.map((word) => (
          <option key={word} value={word}>
            {names[word]}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Start and end by beats, and the length; what a drag on the timeline does. */
function Times({ scene, disabled }: { readonly scene: Scene; readonly disabled: boolean }) {
  const { session } = useStudio();
  const scenes = useScenes();
  const { editor } = session;
  const { grid } = editor;
  const next = scenes[scene.scene_number];
  const roll = (target: Scene, beats: number) => {
    const position = grid.beatAt(target.timestamp_start);
    const from =
      Math.abs(position - Math.round(position)) < 1e-3
        ? Math.round(position)
        : beats > 0
          ? Math.floor(position)
          : Math.ceil(position);
    editor.run({ kind: "roll", scene: target.id, start: grid.timeAt(from + beats) });
  };
  const beats = grid.beatsBetween(scene.timestamp_start, scene.timestamp_end);
  return (
    <div className="divide-y divide-line rounded-lg ring-line">
      <TimeStepper
        label={studio.start}
        time={scene.timestamp_start}
        disabled={disabled || scene.scene_number === 1}
        onStep={(step) => roll(scene, step)}
      />
      <TimeStepper
        label={studio.end}
        time={scene.timestamp_end}
        disabled={disabled || !next}
        onStep={(step) => next && roll(next, step)}
      />
      <div className="flex h-9 items-center gap-2 px-3 text-xs">
        <span className="flex-1 text-fg-2">{studio.length}</span>
        <span className="tnum text-fg-3">{studio.beats({ count: beats })}</span>
        <span className="tnum font-medium">{studio.seconds({ value: formatNumber(scene.duration_seconds, 2) })}</span>
      </div>
    </div>
  );
}

/** The largest whole number that survives JSON everywhere. */
const LARGEST_SEED = 4_294_967_295;

function SeedRow({
  scene,
  disabled,
  onChange,
}: {
  readonly scene: Scene;
  readonly disabled: boolean;
  readonly onChange: (seed: number) => void;
}) {
  const { session, canEdit } = useStudio();
  const id = useId();
  const { text, type, finish } = useDraft(String(scene.config.seed), (typed) => {
    const seed = Number(typed);
    if (Number.isSafeInteger(seed) && seed >= 0) onChange(seed);
  });
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-fg-2 text-xs">
        {studio.seed}
      </label>
      <div className="flex items-center gap-1.5">
        <Input
          id={id}
          inputMode="numeric"
          value={text}
          disabled={disabled}
          className="tnum h-8 text-xs"
          aria-describedby={`${id}-hint`}
          onChange={(event) => type(event.target.value.replace(/\D/g, ""))}
          onBlur={finish}
        />
        <IconButton
          label={studio.newSeed}
          disabled={disabled}
          onClick={() => onChange(crypto.getRandomValues(new Uint32Array(1))[0] ?? LARGEST_SEED)}
        >
          <Dices aria-hidden />
        </IconButton>
        <IconButton
          label={scene.locked ? studio.unlock : studio.lock}
          keys="a"
          aria-pressed={scene.locked}
          disabled={!canEdit}
          onClick={() => session.editor.run({ kind: "lock", scene: scene.id, locked: !scene.locked })}
        >
          {scene.locked ? <Lock aria-hidden /> : <LockOpen aria-hidden />}
        </IconButton>
      </div>
      <p id={`${id}-hint`} className="mt-1 text-2xs text-fg-3">
        {studio.seedHint}
      </p>
    </div>
  );
}

/** The scene in words: its name, what happens, and what a video model is asked for. */
function Words({ scene, disabled }: { readonly scene: Scene; readonly disabled: boolean }) {
  const { editor } = useStudio().session;
  const change = (what: { description?: string; config?: Partial<SceneConfig> }) =>
    editor.run({ kind: "change", scene: scene.id, change: what });
  const title = useDraft(scene.config.title, (text) => text.trim() && change({ config: { title: text.trim() } }));
  const description = useDraft(scene.description, (text) => text.trim() && change({ description: text.trim() }));
  const motion = useDraft(scene.config.motion_prompt, (text) => change({ config: { motion_prompt: text } }));
  return (
    <>
      <Field label={studio.sceneName}>
        <Input
          value={title.text}
          maxLength={255}
          disabled={disabled}
          className="h-8 text-xs"
          onChange={(event) => title.type(event.target.value)}
          onBlur={title.finish}
        />
      </Field>
      <Field label={studio.motionPrompt}>
        <Textarea
          value={motion.text}
          maxLength={MOST_PROMPT}
          disabled={disabled}
          className="min-h-16 text-xs"
          onChange={(event) => motion.type(event.target.value)}
          onBlur={motion.finish}
        />
      </Field>
      <Field label={studio.description}>
        <Textarea
          value={description.text}
          maxLength={MOST_DESCRIPTION}
          disabled={disabled}
          className="min-h-16 text-xs"
          onChange={(event) => description.type(event.target.value)}
          onBlur={description.finish}
        />
      </Field>
    </>
  );
}
