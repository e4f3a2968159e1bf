import { type PointerEvent, useRef } from "react";
import { formatPercent } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { Slider } from "@/ui/Slider";
import { fitted, type Region, regionBetween } from "./still-change";

interface RegionProps {
  readonly region: Region;
  readonly onChange: (region: Region) => void;
}

/** Drawn over the picture: drag to say where it may change. The sliders below the picture do the same by keys. */
export function RegionOverlay({ region, onChange }: RegionProps) {
  const from = useRef<readonly [number, number] | null>(null);
  const place = (event: PointerEvent<HTMLDivElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  return (
    <div
      className="absolute inset-0 cursor-crosshair touch-none overflow-hidden"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = place(event);
      }}
      onPointerMove={(event) => from.current && onChange(regionBetween(from.current, place(event)))}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
    >
      <span
        aria-hidden
        className="absolute shadow-[0_0_0_9999px_oklch(0.1_0.01_290/0.62),inset_0_0_0_2px_var(--color-ember)]"
        style={{
          left: `${region.x * 100}%`,
          top: `${region.y * 100}%`,
          width: `${region.width * 100}%`,
          height: `${region.height * 100}%`,
        }}
      />
    </div>
  );
}

export function RegionSliders({ region, onChange }: RegionProps) {
  const sides = [
    ["x", studio.regionLeft],
    ["y", studio.regionTop],
    ["width", studio.regionWidth],
    ["height", studio.regionHeight],
  ] as const;
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-1">
      {sides.map(([side, label]) => (
        <Slider
          key={side}
          label={label}
          value={region[side]}
          text={formatPercent(region[side])}
          onChange={(value) => onChange(fitted({ ...region, [side]: value }))}
        />
      ))}
    </div>
  );
}
