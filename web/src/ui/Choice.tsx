// Tick-boxes, switches, one-of-many rows and tiles: native inputs underneath, so that keys, forms and readers just work.

import { Check } from "lucide-react";
import { type ReactNode, type Ref, useId } from "react";
import { cn } from "./cn";

interface CheckboxProps {
  readonly ref?: Ref<HTMLInputElement>;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly invalid?: boolean;
  readonly children: ReactNode;
}

export function Checkbox({ ref, checked, onChange, disabled, invalid, children }: CheckboxProps) {
  return (
    <label
      className={cn(
        "flex min-h-6 cursor-pointer items-start gap-2.5 text-sm",
        disabled && "cursor-not-allowed opacity-50",
      )}
    >
      <span className="relative mt-px flex size-[18px] shrink-0">
        <input
          ref={ref}
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-invalid={invalid || undefined}
          onChange={(event) => onChange(event.target.checked)}
          className="peer size-full cursor-pointer appearance-none rounded-[5px] bg-canvas/60 ring-line-strong transition-colors duration-[120ms] checked:bg-ember aria-invalid:shadow-[inset_0_0_0_1px_var(--color-danger)]"
        />
        <Check
          aria-hidden
          strokeWidth={3}
          className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-on-ember peer-checked:block"
        />
      </span>
      <span>{children}</span>
    </label>
  );
}

interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

export function Switch({ checked, onChange, disabled, label, hint }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex min-h-6 items-center justify-between gap-4">
      <label htmlFor={id} className={cn("cursor-pointer text-sm", disabled && "opacity-50")}>
        {label}
        {hint && <span className="block text-fg-3 text-xs">{hint}</span>}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full bg-pressed ring-line-strong transition-colors duration-[120ms] before:absolute before:top-0.5 before:left-0.5 before:size-4 before:rounded-full before:bg-fg-2 before:transition-transform before:duration-[120ms] checked:bg-ember checked:before:translate-x-4 checked:before:bg-white disabled:cursor-not-allowed disabled:opacity-45"
      />
    </div>
  );
}

interface Option<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
}

interface OneOfProps<Value extends string> {
  /** Names the group for readers. */
  readonly label: string;
  readonly options: readonly Option<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** A row of short choices, one of which is on. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
  disabled,
  className,
}: OneOfProps<Value>) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cn("inline-flex rounded-md bg-canvas/60 p-0.5 ring-line", className)}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className="relative flex h-7 min-w-7 cursor-pointer items-center justify-center gap-1.5 whitespace-nowrap rounded-sm px-2.5 text-fg-2 text-xs transition-colors duration-[120ms] hover:text-fg has-checked:bg-hover has-checked:font-medium has-checked:text-fg has-disabled:cursor-not-allowed has-disabled:opacity-45 has-focus-visible:outline-2 has-focus-visible:outline-ember has-focus-visible:outline-offset-2 [&_svg]:size-3.5"
        >
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={disabled || option.disabled}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          {option.icon}
          {option.label}
        </label>
      ))}
    </div>
  );
}

/** Tiles of equal size, one of which is on. */
export function RadioTiles<Value extends string>({
  label,
  options,
  value,
  onChange,
  disabled,
  className,
}: OneOfProps<Value>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={cn("grid grid-cols-3 gap-1.5", className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className="relative flex min-h-8 cursor-pointer items-center justify-center gap-1.5 rounded-md bg-raised px-2 py-1.5 text-center text-fg-2 text-xs transition-colors duration-[120ms] hover:bg-hover hover:text-fg has-checked:bg-ember-soft has-checked:text-fg has-checked:shadow-[inset_0_0_0_1.5px_var(--color-ember)] has-disabled:cursor-not-allowed has-disabled:opacity-45 has-focus-visible:outline-2 has-focus-visible:outline-ember has-focus-visible:outline-offset-2 [&_svg]:size-4"
        >
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={disabled || option.disabled}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          {option.icon}
          {option.label}
        </label>
      ))}
    </div>
  );
}
