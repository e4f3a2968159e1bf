import { Columns2 } from "lucide-react";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import { formatPercent } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { usePlaying } from "../context";
import type { Scene, Version } from "../scene";
import type { CompareLook } from "../view-store";
import { VersionMedia } from "./VersionMedia";

interface CompareProps {
  readonly before: Version;
  readonly now: Scene;
  /** Number of the version that the scene is now; `null` when it is none yet. */
  readonly nowNumber: number | null;
  readonly look: CompareLook;
}

/** How long each side is shown when they take turns: slow enough to be no flashing. */
const TURN_MS = 900;

/** An older version against the scene as it is: wiped, side by side, or by turns. */
export function Compare({ before, now, nowNumber, look }: CompareProps) {
  const [wipe, setWipe] = useState(0.5);
  const [turn, setTurn] = useState(false);
  usePlaying();
  useEffect(() => {
    if (look !== "flicker") return;
    const timer = setInterval(() => setTurn((one) => !one), TURN_MS);
    return () => clearInterval(timer);
  }, [look]);

  if (look === "side") {
    return (
      <div className="absolute inset-0 grid grid-cols-2 gap-0.5 bg-canvas">
        <div className="relative overflow-hidden">
          <Contained version={before} />
          <Name side="left">{studio.versionName({ number: before.number })}</Name>
        </div>
        <div className="relative overflow-hidden">
          <Contained version={now} />
          <NowName number={nowNumber} />
        </div>
      </div>
    );
  }
  const oldest = look === "flicker" ? (turn ? 1 : 0) : wipe;
  return (
    <div className="absolute inset-0">
      <VersionMedia version={now} />
      <div className="absolute inset-0" style={{ clipPath: `inset(0 ${(1 - oldest) * 100}% 0 0)` }}>
        <VersionMedia version={before} />
      </div>
      <Name side="left" faded={look === "flicker" && !turn}>
        {studio.versionName({ number: before.number })}
      </Name>
      <NowName number={nowNumber} faded={look === "flicker" && turn} />
      {look === "wipe" && <WipeHandle value={wipe} onChange={setWipe} />}
    </div>
  );
}

function Contained({ version }: { readonly version: Pick<Version, "image_url" | "video_url"> }) {
  return (
    <div className="absolute inset-0 flex items-center">
      <div className="relative aspect-video w-full">
        <VersionMedia version={version} />
      </div>
    </div>
  );
}

function WipeHandle({ value, onChange }: { readonly value: number; readonly onChange: (value: number) => void }) {
  const range = useRef<HTMLInputElement>(null);
  useEffect(() => range.current?.focus(), []);
  return (
    <div
      className="absolute inset-0 has-focus-visible:[&_span]:outline-2 has-focus-visible:[&_span]:outline-ember"
      style={{ "--wipe": `${value * 100}%` } as CSSProperties}
    >
      <div
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-(--wipe) w-0.5 -translate-x-1/2 bg-white shadow-[0_0_10px_rgb(0_0_0/.5)]"
      >
        <span className="absolute top-1/2 left-1/2 flex size-8 -translate-x-1/2 -translate-y-1/2 items-center justify-center rounded-full bg-white text-black">
          <Columns2 className="size-4" />
        </span>
      </div>
      <input
        ref={range}
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-label={studio.wipeLabel}
        aria-valuetext={formatPercent(value)}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="absolute inset-0 size-full cursor-ew-resize opacity-0"
      />
    </div>
  );
}

function NowName({ number, faded = false }: { readonly number: number | null; readonly faded?: boolean }) {
  return (
    <span
      className={cn(
        "tnum absolute top-3 right-3 rounded-full bg-ember px-2.5 py-0.5 font-semibold text-on-ember text-xs",
        faded && "opacity-30",
      )}
    >
      {number === null ? studio.now : studio.versionOf({ number })}
    </span>
  );
}

function Name({
  side,
  faded = false,
  children,
}: {
  readonly side: "left";
  readonly faded?: boolean;
  readonly children: string;
}) {
  return (
    <span
      className={cn(
        "tnum absolute top-3 rounded-full bg-black/70 px-2.5 py-0.5 font-semibold text-white text-xs",
        side === "left" && "left-3",
        faded && "opacity-30",
      )}
    >
      {children}
    </span>
  );
}
