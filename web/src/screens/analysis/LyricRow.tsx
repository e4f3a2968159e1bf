import { ChevronLeft, ChevronRight, CircleAlert, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { timecode } from "@/i18n/format";
import { analysis } from "@/messages/analysis";
import { LINE_SURE, type LyricLine } from "@/project/lyrics";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";

interface LyricRowProps {
  readonly line: LyricLine;
  readonly number: number;
  readonly sung: boolean;
  readonly editable: boolean;
  readonly onSeek: () => void;
  readonly onStartHere: () => void;
  readonly onNudge: (seconds: number) => void;
  readonly onText: (text: string) => void;
  readonly onRemove: () => void;
}

const NUDGE = 0.1;

export function LyricRow({
  line,
  number,
  sung,
  editable,
  onSeek,
  onStartHere,
  onNudge,
  onText,
  onRemove,
}: LyricRowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (sung) row.current?.scrollIntoView({ block: "nearest" });
  }, [sung]);
  const doubtful = typeof line.confidence === "number" && line.confidence < LINE_SURE;
  return (
    <li
      ref={row}
      aria-current={sung || undefined}
      className={cn(
        "group flex items-center gap-1 px-3 sm:px-4",
        line.opens_stanza && number > 1 && "mt-3",
        sung && "bg-ember-soft",
      )}
    >
      <button
        type="button"
        aria-label={analysis.goTo({ time: timecode(line.start) })}
        onClick={onSeek}
        className={cn(
          "tnum w-16 shrink-0 rounded-sm py-1 text-left text-xs hover:text-fg",
          doubtful ? "text-warn" : "text-fg-3",
        )}
      >
        {timecode(line.start)}
      </button>
      {editable ? (
        <input
          aria-label={analysis.lineText({ number })}
          value={line.text}
          maxLength={500}
          onChange={(event) => event.target.value !== "" && onText(event.target.value)}
          onFocus={onSeek}
          className="h-8 min-w-0 flex-1 rounded-sm bg-transparent px-1.5 hover:bg-hover focus:bg-hover"
        />
      ) : (
        <button type="button" onClick={onSeek} className="min-w-0 flex-1 truncate py-1.5 text-left">
          {line.text}
        </button>
      )}
      {doubtful && (
        <span title={analysis.lineCheck} className="flex shrink-0 items-center text-warn">
          <CircleAlert aria-hidden className="size-3.5" />
          <span className="sr-only">{analysis.lineCheck}</span>
        </span>
      )}
      {editable && (
        <span className="flex shrink-0 items-center opacity-0 transition-opacity duration-[120ms] focus-within:opacity-100 group-hover:opacity-100 max-sm:opacity-100">
          <Button size="sm" tone="quiet" onClick={onStartHere}>
            {analysis.startHere}
          </Button>
          <IconButton size="sm" label={analysis.nudgeEarlier} onClick={() => onNudge(-NUDGE)} className="max-sm:hidden">
            <ChevronLeft aria-hidden />
          </IconButton>
          <IconButton size="sm" label={analysis.nudgeLater} onClick={() => onNudge(NUDGE)} className="max-sm:hidden">
            <ChevronRight aria-hidden />
          </IconButton>
          <IconButton size="sm" label={analysis.removeLine} onClick={onRemove}>
            <Trash2 aria-hidden />
          </IconButton>
        </span>
      )}
    </li>
  );
}
