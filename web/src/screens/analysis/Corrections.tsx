import { ArrowLeftToLine, ArrowRightToLine, Pencil, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { SongClock } from "@/media/song-clock";
import { analysis } from "@/messages/analysis";
import { common } from "@/messages/common";
import type { SongAnalysis } from "@/project/analysis";
import { atOctave, type Correction, evenly, shifted, useCorrection } from "@/project/correction";
import type { ProjectView } from "@/project/project";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { toast } from "@/ui/toasts";

const ByHandDialog = lazy(() => import("./ByHandDialog").then((module) => ({ default: module.ByHandDialog })));
const SnapDialog = lazy(() => import("./SnapDialog").then((module) => ({ default: module.SnapDialog })));

interface CorrectionsProps {
  readonly project: ProjectView;
  readonly heard: SongAnalysis;
  readonly clock: SongClock | null;
  /** As it was tapped along; `null` while nobody has. */
  readonly tapped: number | null;
}

/** Putting the beats right: twice, half, bars a beat earlier or later, a tempo by hand, and the way back. */
export function Corrections({ project, heard, clock, tapped }: CorrectionsProps) {
  const { said, fit, correct, refresh } = useCorrection(project);
  const [asking, setAsking] = useState<"hand" | "snap" | null>(null);
  const beats = Number(heard.time_signature.split("/")[0]) || 4;
  function say(next: Correction | null) {
    const before = said;
    correct.mutate(next, {
      onSuccess: () => toast(analysis.corrected, { action: { label: common.undo, run: () => correct.mutate(before) } }),
    });
  }
  const [double, half] = [atOctave(said, 1), atOctave(said, -1)];
  const off = fit ? fit.off_beat + fit.inside_bar : 0;
  return (
    <section aria-label={analysis.correct} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="mr-1 text-fg-2 text-xs">{analysis.correct}</span>
        <Button size="sm" disabled={!half || correct.isPending} onClick={() => half && say(half)}>
          {analysis.halve}
        </Button>
        <Button size="sm" disabled={!double || correct.isPending} onClick={() => double && say(double)}>
          {analysis.double}
        </Button>
        <IconButton
          label={analysis.barsEarlier}
          size="sm"
          disabled={correct.isPending}
          onClick={() => say(shifted(said, -1, beats))}
        >
          <ArrowLeftToLine aria-hidden />
        </IconButton>
        <IconButton
          label={analysis.barsLater}
          size="sm"
          disabled={correct.isPending}
          onClick={() => say(shifted(said, 1, beats))}
        >
          <ArrowRightToLine aria-hidden />
        </IconButton>
        {tapped !== null && (
          <Button
            size="sm"
            disabled={correct.isPending}
            onClick={() => say(evenly(said, Math.round(tapped * 10) / 10, null))}
          >
            {analysis.fromTapped({ bpm: tapped.toFixed(1) })}
          </Button>
        )}
        <Button size="sm" icon={<Pencil aria-hidden className="size-3.5" />} onClick={() => setAsking("hand")}>
          {analysis.byHand}
        </Button>
        {said && (
          <Button
            size="sm"
            tone="quiet"
            icon={<Undo2 aria-hidden className="size-3.5" />}
            disabled={correct.isPending}
            onClick={() => say(null)}
          >
            {analysis.asHeard}
          </Button>
        )}
      </div>
      {correct.isError && <ErrorPanel compact error={correct.error} />}
      {fit && off > 0 && (
        <div role="status" className="flex flex-wrap items-center gap-3 rounded-lg bg-warn/10 px-4 py-2.5 text-sm">
          <span className="min-w-0 flex-[1_1_16rem] text-warn">
            {analysis.offBeat({ count: off, all: fit.boundaries })}
          </span>
          <Button size="sm" onClick={() => setAsking("snap")}>
            {analysis.snapAll}
          </Button>
        </div>
      )}
      <Suspense>
        {asking === "hand" && (
          <ByHandDialog
            said={said}
            heard={heard}
            now={clock?.time ?? 0}
            onClose={() => setAsking(null)}
            onSay={(next) => {
              setAsking(null);
              say(next);
            }}
          />
        )}
        {asking === "snap" && (
          <SnapDialog project={project} onClose={() => setAsking(null)} onDone={() => void refresh()} />
        )}
      </Suspense>
    </section>
  );
}
