import { cn } from "./cn";

interface ProgressProps {
  /** 0 to 1; `null` while nobody knows. */
  readonly value: number | null;
  readonly label: string;
  readonly className?: string;
}

export function Bar({ value, label, className }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      className={cn("h-1.5 overflow-hidden rounded-full bg-pressed", className)}
    >
      <div
        className={cn(
          "h-full rounded-full bg-ember transition-[width] duration-200",
          value === null && "w-1/3 animate-sheen bg-[length:200%_100%] opacity-60",
        )}
        style={value === null ? undefined : { width: `${value * 100}%` }}
      />
    </div>
  );
}

const RADIUS = 7;
const ROUND = 2 * Math.PI * RADIUS;

export function Ring({ value, label, className }: ProgressProps) {
  return (
    <svg
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      viewBox="0 0 18 18"
      className={cn("size-4.5 -rotate-90", value === null && "animate-turn", className)}
    >
      <circle cx="9" cy="9" r={RADIUS} fill="none" stroke="currentColor" strokeOpacity="0.18" strokeWidth="2.5" />
      <circle
        cx="9"
        cy="9"
        r={RADIUS}
        fill="none"
        stroke="var(--color-ember)"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={ROUND}
        strokeDashoffset={ROUND * (1 - (value ?? 0.3))}
        className="transition-[stroke-dashoffset] duration-200"
      />
    </svg>
  );
}
