import { type CSSProperties, useId } from "react";

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly disabled?: boolean;
  /** The value as it is shown and read out. */
  readonly text?: string;
  readonly onChange: (value: number) => void;
  /** When the person lets go. */
  readonly onCommit?: (value: number) => void;
}

export function Slider({
  label,
  value,
  min = 0,
  max = 1,
  step = 0.01,
  disabled,
  text,
  onChange,
  onCommit,
}: SliderProps) {
  const id = useId();
  const fill = { "--fill": `${((value - min) / (max - min)) * 100}%` } as CSSProperties;
  return (
    <div className="flex flex-col">
      <div className="flex items-baseline justify-between text-xs">
        <label htmlFor={id} className="font-medium text-fg-2">
          {label}
        </label>
        <output htmlFor={id} className="tnum text-fg">
          {text ?? value}
        </output>
      </div>
      <input
        id={id}
        type="range"
        className="mv-range w-full"
        style={fill}
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={text}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        onPointerUp={(event) => onCommit?.(event.currentTarget.valueAsNumber)}
        onKeyUp={(event) => onCommit?.(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
