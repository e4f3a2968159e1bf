import { Minus, Plus } from "lucide-react";
import { barBeatCode, timecode } from "@/engine/timecode";
import { studio } from "@/messages/studio";
import { IconButton } from "@/ui/IconButton";
import { useStudio } from "../context";

interface TimeStepperProps {
  readonly label: string;
  readonly time: number;
  readonly disabled: boolean;
  /** Moves it so many beats. */
  readonly onStep: (beats: number) => void;
}

/** A boundary by buttons, for whoever does not drag. */
export function TimeStepper({ label, time, disabled, onStep }: TimeStepperProps) {
  const { session } = useStudio();
  const { grid } = session.editor;
  return (
    <div className="flex h-9 items-center gap-2 px-3">
      <span className="flex-1 text-fg-2 text-xs">{label}</span>
      <span className="tnum text-fg-3 text-xs">{barBeatCode(grid.barBeat(time))}</span>
      <span className="tnum font-medium text-xs">{timecode(time)}</span>
      <span className="flex gap-1">
        <IconButton
          size="sm"
          label={studio.earlier({ what: label })}
          disabled={disabled}
          onClick={() => onStep(-1)}
          className="bg-raised"
        >
          <Minus aria-hidden />
        </IconButton>
        <IconButton
          size="sm"
          label={studio.later({ what: label })}
          disabled={disabled}
          onClick={() => onStep(1)}
          className="bg-raised"
        >
          <Plus aria-hidden />
        </IconButton>
      </span>
    </div>
  );
}
