import { sectionColor } from "@/project/analysis";
import type { Section } from "@/project/plan";
import { sectionName } from "@/project/section-name";

interface SectionBlocksProps {
  readonly sections: readonly Section[];
  readonly seconds: number;
  readonly onSeek: (time: number) => void;
}

/** The sections over the waveform, as wide as they last. For readers they are the table below. */
export function SectionBlocks({ sections, seconds, onSeek }: SectionBlocksProps) {
  return (
    <div aria-hidden className="relative mb-1.5 h-6">
      {sections.map((section) => (
        <button
          key={section.first}
          type="button"
          tabIndex={-1}
          onClick={() => onSeek(section.start)}
          className="absolute inset-y-0 truncate rounded-sm px-2 text-left font-medium text-xs"
          style={{
            left: `${(section.start / seconds) * 100}%`,
            width: `calc(${((section.end - section.start) / seconds) * 100}% - 2px)`,
            color: sectionColor(section.kind),
            background: `color-mix(in oklch, ${sectionColor(section.kind)} 18%, transparent)`,
            boxShadow: `inset 2px 0 0 ${sectionColor(section.kind)}`,
          }}
        >
          {sectionName(section, sections)}
        </button>
      ))}
    </div>
  );
}
