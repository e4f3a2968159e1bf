import { GripVertical } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { board } from "@/messages/board";
import { cn } from "@/ui/cn";

interface DragGripProps {
  readonly number: number;
  /** Index of the scene, and those of the first and last of its section: it stays among them. */
  readonly index: number;
  readonly first: number;
  readonly last: number;
  /** The place under the pointer, while it is dragged. */
  readonly onOver: (index: number | null) => void;
  readonly onMove: (to: number) => void;
  readonly className?: string;
}

/** Where a card is taken to bring it to another place in its section, by pointer or arrow keys. */
export function DragGrip({ number, index, first, last, onOver, onMove, className }: DragGripProps) {
  const over = useRef<number | null>(null);
  const place = (event: PointerEvent): number | null => {
    const card = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-scene]");
    const found = Number(card?.dataset.scene ?? Number.NaN);
    return found >= first && found <= last ? found : null;
  };
  const end = (drop: boolean) => {
    const to = over.current;
    over.current = null;
    onOver(null);
    if (drop && to !== null && to !== index) onMove(to);
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape" && over.current !== null) end(false);
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const to = index + by;
    if (to >= first && to <= last) onMove(to);
  };
  return (
    <button
      type="button"
      aria-label={board.grip({ number })}
      title={board.gripHint}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        over.current = index;
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        over.current = place(event) ?? over.current;
        onOver(over.current);
      }}
      onPointerUp={() => end(true)}
      onPointerCancel={() => end(false)}
      onKeyDown={key}
      className={cn(
        "flex size-6 cursor-grab touch-none items-center justify-center rounded-md text-fg-3 hover:bg-hover hover:text-fg active:cursor-grabbing",
        className,
      )}
    >
      <GripVertical aria-hidden className="size-4" />
    </button>
  );
}
