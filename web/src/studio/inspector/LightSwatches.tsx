import { useId } from "react";
import { studio } from "@/messages/studio";
import { vocabulary } from "@/messages/vocabulary";
import { LIGHTS } from "../scene";

/** What each light does to a sky, as a swatch. */
const LOOKS: Readonly<Record<(typeof LIGHTS)[number], string>> = {
  natural: "linear-gradient(160deg, oklch(.82 .05 230), oklch(.9 .03 120))",
  golden: "linear-gradient(150deg, oklch(.85 .1 70), oklch(.65 .13 35) 60%, oklch(.4 .1 320))",
  neon: "linear-gradient(135deg, oklch(.72 .15 240), oklch(.65 .2 310) 55%, oklch(.72 .18 350))",
  moonlight: "linear-gradient(160deg, oklch(.78 .05 250), oklch(.45 .08 265) 60%, oklch(.25 .05 270))",
  spotlight: "linear-gradient(135deg, oklch(.82 .12 60), oklch(.62 .2 20) 55%, oklch(.35 .12 10))",
  silhouette: "linear-gradient(180deg, oklch(.8 .12 45), oklch(.5 .13 20) 45%, oklch(.16 .02 290) 60%)",
  candle: "radial-gradient(circle at 50% 65%, oklch(.85 .12 75), oklch(.45 .1 50) 45%, oklch(.2 .03 40))",
};

interface LightSwatchesProps {
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (light: string) => void;
}

export function LightSwatches({ value, disabled, onChange }: LightSwatchesProps) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={studio.light} className="grid grid-cols-4 gap-1.5">
      {LIGHTS.map((light) => (
        <label
          key={light}
          className="group relative flex cursor-pointer flex-col gap-1 rounded-md has-disabled:cursor-not-allowed has-focus-visible:outline-2 has-focus-visible:outline-ember has-focus-visible:outline-offset-2"
        >
          <input
            type="radio"
            name={name}
            checked={value === light}
            disabled={disabled}
            onChange={() => onChange(light)}
            className="peer absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          <span
            aria-hidden
            className="h-8 rounded-md ring-line peer-checked:outline-2 peer-checked:outline-ember peer-checked:-outline-offset-1"
            style={{ background: LOOKS[light] }}
          />
          <span className="truncate text-center text-2xs text-fg-3 peer-checked:font-medium peer-checked:text-fg">
            {vocabulary.lights[light]}
          </span>
        </label>
      ))}
    </div>
  );
}
