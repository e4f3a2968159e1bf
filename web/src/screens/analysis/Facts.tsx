import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { clock, formatNumber } from "@/i18n/format";
import { analysis } from "@/messages/analysis";
import { type SongAnalysis, SURE } from "@/project/analysis";
import { cn } from "@/ui/cn";
import { Tooltip } from "@/ui/Tooltip";

/** `F# Minor` as musicians of the language write it. */
export function keyName(key: string): string {
  const [tonic = "", mode = ""] = key.split(" ");
  const written = tonic.replace("#", "♯").replace(/^([A-G])b/, "$1♭");
  return mode.toLowerCase() === "minor" ? analysis.minor({ tonic: written }) : analysis.major({ tonic: written });
}

export function Facts({ heard }: { readonly heard: SongAnalysis }) {
  const { confidence } = heard;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
      <Fact label={analysis.tempo} sure={Math.min(confidence.tempo, confidence.beats)}>
        {analysis.bpm({ bpm: formatNumber(heard.tempo, 1) })}
      </Fact>
      <Fact label={analysis.key} sure={confidence.key}>
        {keyName(heard.key)}
      </Fact>
      <Fact label={analysis.metre} sure={Math.min(confidence.time_signature, confidence.downbeats)}>
        {heard.time_signature}
      </Fact>
      <Fact label={analysis.bars}>{analysis.barCount({ count: formatNumber(heard.downbeats.length) })}</Fact>
      <Fact label={analysis.length}>{clock(heard.duration)}</Fact>
      <Fact label={analysis.loudness}>
        {heard.loudness_lufs === null ? "–" : `${formatNumber(heard.loudness_lufs, 1)} LUFS`}
      </Fact>
    </dl>
  );
}

interface FactProps {
  readonly label: string;
  readonly sure?: number;
  readonly children: ReactNode;
}

/** What is not certain is hatched and says so. */
function Fact({ label, sure = 1, children }: FactProps) {
  const doubtful = sure < SURE;
  return (
    <div
      className={cn(
        "rounded-lg bg-panel px-4 py-3 ring-line",
        doubtful &&
          "bg-[repeating-linear-gradient(135deg,transparent_0_6px,color-mix(in_oklch,var(--color-warn)_10%,transparent)_6px_12px)]",
      )}
    >
      <dt className="flex items-center gap-1.5 text-fg-3 text-xs">
        {label}
        {doubtful && (
          <Tooltip text={analysis.checkHint}>
            <button type="button" className="flex items-center gap-1 rounded-sm text-warn">
              <CircleAlert aria-hidden className="size-3.5" />
              {analysis.check}
            </button>
          </Tooltip>
        )}
      </dt>
      <dd className="tnum mt-0.5 font-semibold text-lg">{children}</dd>
    </div>
  );
}
