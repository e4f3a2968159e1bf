import { type PointerEvent as ReactPointerEvent, useState } from "react";
import { cn } from "@/ui/cn";

interface SplitterProps {
  readonly label: string;
  readonly size: number;
  readonly least: number;
  readonly most: number;
  /** 1 when dragging to the right, or down, makes it larger. */
  readonly direction: 1 | -1;
  /** The way it is dragged; sideways, unless said otherwise. */
  readonly axis?: "x" | "y";
  readonly onSize: (size: number) => void;
  readonly className?: string;
}

const STEP = 16;

/** The edge of a panel, to make it wider or narrower by pointer or arrows. */
export function Splitter({ label, size, least, most, direction, axis = "x", onSize, className }: SplitterProps) {
  const set = (value: number) => onSize(Math.round(Math.min(most, Math.max(least, value))));
  const grab = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const at = (one: { clientX: number; clientY: number }) => (axis === "x" ? one.clientX : one.clientY);
    const [from, began] = [at(event), size];
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(began + (at(moved) - from) * direction);
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={size}
      onPointerDown={grab}
      onKeyDown={(event) => {
        const [on, back] = axis === "x" ? ["ArrowRight", "ArrowLeft"] : ["ArrowDown", "ArrowUp"];
        const step = event.key === on ? STEP : event.key === back ? -STEP : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        set(size + step * direction);
      }}
      className={cn(
        "absolute z-20 touch-none transition-colors hover:bg-ember/25 focus-visible:bg-ember/40",
        axis === "x" ? "inset-y-0 w-2 cursor-col-resize" : "inset-x-0 h-2 cursor-row-resize",
        className,
      )}
    />
  );
}

/** A size that the browser remembers. */
export function useRememberedSize(name: string, usual: number): readonly [number, (size: number) => void] {
  const key = `mv.studio.${name}`;
  const [size, setSize] = useState(() => Number(localStorage.getItem(key)) || usual);
  return [
    size,
    (value) => {
      setSize(value);
      localStorage.setItem(key, String(value));
    },
  ];
}
