import { Ellipsis, Merge, Minus, Plus, SeparatorVertical, Undo2 } from "lucide-react";
import { useState } from "react";
import { formatPercent, timecode } from "@/i18n/format";
import type { SongClock } from "@/media/song-clock";
import { analysis } from "@/messages/analysis";
import { common } from "@/messages/common";
import { vocabulary } from "@/messages/vocabulary";
import { nearest, SECTION_KINDS, type SectionKind, type SongAnalysis, SURE, sectionColor } from "@/project/analysis";
import {
  mergeWithNext,
  moveEdge,
  type Plan,
  renameSection,
  type Section,
  splitAtScene,
  usePlan,
  useSavePlan,
} from "@/project/plan";
import type { ProjectView } from "@/project/project";
import { sectionName } from "@/project/section-name";
import { Badge } from "@/ui/Badge";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

interface SectionTableProps {
  readonly project: ProjectView;
  readonly heard: SongAnalysis;
  readonly sections: readonly Section[];
  readonly clock: SongClock | null;
  readonly editable: boolean;
}

export function SectionTable({ project, heard, sections, clock, editable }: SectionTableProps) {
  const { data: plan } = usePlan(project.id, sections.length > 0);
  const save = useSavePlan(project.id);
  const [before, setBefore] = useState<Plan | null>(null);
  const busy = save.isPending || !plan;

  function change(changed: Plan | null, refusal = analysis.noRoom) {
    if (!plan || changed === plan) return;
    if (!changed) {
      toast(refusal);
      return;
    }
    save.mutate({ plan: changed, version: project.version }, { onSuccess: () => setBefore(plan) });
  }

  function undo() {
    if (before) save.mutate({ plan: before, version: project.version }, { onSuccess: () => setBefore(null) });
  }

  function step(section: Section, by: number) {
    const beat = heard.beats.indexOf(nearest(heard.beats, section.start));
    const time = heard.beats[beat + by];
    if (plan && time !== undefined) change(moveEdge(plan, section, time));
  }

  function split(section: Section) {
    if (!plan || !clock) return;
    const last = section.first + section.count;
    const index = plan.scenes.findLastIndex(
      (scene, at) => at > section.first && at < last && scene.start <= clock.time + 0.05,
    );
    change(index < 0 ? null : splitAtScene(plan, index), analysis.splitNowhere);
  }

  return (
    <section aria-labelledby="sections" className="relative overflow-x-auto rounded-xl bg-panel ring-line">
      <header className="flex items-center gap-2 px-4 pt-4 sm:px-5">
        <h3 id="sections" className="flex-1 font-semibold text-base">
          {analysis.sections}
        </h3>
        {before && (
          <IconButton label={common.undo} disabled={busy} onClick={undo}>
            <Undo2 aria-hidden />
          </IconButton>
        )}
      </header>
      <p className="px-4 pt-1 pb-2 text-fg-3 text-xs sm:px-5">{analysis.sectionsHint}</p>
      {save.isError && <ErrorPanel compact error={save.error} className="mx-4 mb-2" />}
      <table className="w-full text-sm">
        <caption className="sr-only">{analysis.table}</caption>
        <thead className="text-fg-3 text-xs">
          <tr>
            <th scope="col" className="py-1.5 pl-4 text-left font-normal sm:pl-5">
              {analysis.sections}
            </th>
            <th scope="col" className="text-left font-normal">
              {analysis.startsAt}
            </th>
            <th scope="col" className="text-right font-normal max-sm:hidden">
              {analysis.energy}
            </th>
            <th scope="col">
              <span className="sr-only">{analysis.certainty}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sections.map((section) => {
            const name = sectionName(section, sections);
            const known = heard.sections.find((other) => Math.abs(other.start - section.start) < 0.5);
            return (
              <tr key={section.first} className="border-line border-t">
                <th scope="row" className="py-1.5 pl-4 text-left font-medium sm:pl-5">
                  <span className="flex items-center gap-2">
                    <span
                      aria-hidden
                      className="h-4 w-1 rounded-full"
                      style={{ background: sectionColor(section.kind) }}
                    />
                    {editable ? (
                      <select
                        aria-label={analysis.kindOf({ section: name })}
                        value={section.kind}
                        disabled={busy}
                        onChange={(event) =>
                          plan && change(renameSection(plan, section, event.target.value as SectionKind))
                        }
                        className="h-7 cursor-pointer rounded-sm bg-transparent pr-1 hover:bg-hover"
                      >
                        {SECTION_KINDS.map((kind) => (
                          <option key={kind} value={kind} className="bg-raised">
                            {kind === section.kind ? name : vocabulary.sections[kind]}
                          </option>
                        ))}
                      </select>
                    ) : (
                      name
                    )}
                    {known && known.confidence < SURE && <Badge tone="warn">{analysis.check}</Badge>}
                  </span>
                </th>
                <td>
                  <span className="flex items-center gap-0.5">
                    {editable && section.first > 0 && (
                      <IconButton
                        label={analysis.earlier({ section: name })}
                        size="sm"
                        disabled={busy}
                        onClick={() => step(section, -1)}
                      >
                        <Minus aria-hidden />
                      </IconButton>
                    )}
                    <button
                      type="button"
                      aria-label={analysis.goTo({ time: timecode(section.start) })}
                      onClick={() => clock?.seek(section.start)}
                      className="tnum rounded-sm px-1.5 py-0.5 text-fg-2 hover:bg-hover hover:text-fg"
                    >
                      {timecode(section.start)}
                    </button>
                    {editable && section.first > 0 && (
                      <IconButton
                        label={analysis.later({ section: name })}
                        size="sm"
                        disabled={busy}
                        onClick={() => step(section, 1)}
                      >
                        <Plus aria-hidden />
                      </IconButton>
                    )}
                  </span>
                </td>
                <td className="tnum text-right text-fg-2 max-sm:hidden">{known ? formatPercent(known.energy) : "–"}</td>
                <td className="pr-2 text-right">
                  {editable && (
                    <Menu
                      trigger={
                        <IconButton label={analysis.menuOf({ section: name })} size="sm" disabled={busy}>
                          <Ellipsis aria-hidden />
                        </IconButton>
                      }
                      items={[
                        {
                          label: analysis.split,
                          icon: <SeparatorVertical aria-hidden />,
                          onSelect: () => split(section),
                        },
                        {
                          label: analysis.merge,
                          icon: <Merge aria-hidden />,
                          disabled: section === sections.at(-1),
                          onSelect: () => plan && change(mergeWithNext(plan, section)),
                        },
                      ]}
                    />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
