import type { ReactNode } from "react";
import { useModels } from "@/buying/models";
import { cost } from "@/messages/cost";
import { Segmented } from "@/ui/Choice";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import type { FilmOrder, Quality } from "./film-order";

interface FilmSettingsProps {
  readonly settings: FilmOrder;
  readonly onChange: (settings: FilmOrder) => void;
}

const QUALITY: readonly Quality[] = ["draft", "standard", "best"];
const CAPTIONS = ["template", "none", "line", "karaoke"] as const;

export function FilmSettings({ settings, onChange }: FilmSettingsProps) {
  const set = (change: Partial<FilmOrder>) => onChange({ ...settings, ...change });
  return (
    <div className="flex flex-col gap-3">
      <Row label={cost.quality}>
        <Segmented
          label={cost.quality}
          value={settings.quality}
          onChange={(quality) => set({ quality })}
          options={QUALITY.map((value) => ({ value, label: cost.qualities[value] }))}
        />
      </Row>
      <Row label={cost.aspect}>
        <Segmented
          label={cost.aspect}
          value={settings.aspect}
          onChange={(aspect) => set({ aspect })}
          options={[
            { value: "16:9", label: "16:9" },
            { value: "9:16", label: "9:16" },
            { value: "1:1", label: "1:1" },
          ]}
        />
      </Row>
      <Row label={cost.captions}>
        <Segmented
          label={cost.captions}
          value={settings.captions}
          onChange={(captions) => set({ captions })}
          options={CAPTIONS.map((value) => ({ value, label: cost.captionStyles[value] }))}
        />
      </Row>
      <Models settings={settings} set={set} />
    </div>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
      <span className="font-medium text-sm">{label}</span>
      {children}
    </div>
  );
}

/** Which services draw and film; nothing to choose where only the built-in maker can be used. */
function Models({
  settings,
  set,
}: {
  readonly settings: FilmOrder;
  readonly set: (change: Partial<FilmOrder>) => void;
}) {
  const { models: images } = useModels("image");
  const { models: clips } = useModels("clip");
  if (images.length === 0 && clips.length === 0) return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      <ModelField
        label={cost.imageModel}
        models={images}
        value={settings.imageModel}
        onChange={(imageModel) => set({ imageModel })}
      />
      <ModelField
        label={cost.videoModel}
        models={clips}
        value={settings.videoModel}
        onChange={(videoModel) => set({ videoModel })}
      />
    </div>
  );
}

interface ModelFieldProps {
  readonly label: string;
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly value: string | null;
  readonly onChange: (model: string | null) => void;
}

function ModelField({ label, models, value, onChange }: ModelFieldProps) {
  return (
    <Field label={label}>
      <Select value={value ?? ""} className="h-9 text-xs" onChange={(event) => onChange(event.target.value || null)}>
        <option value="">{cost.builtIn}</option>
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {model.name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
