import { Coins, RefreshCw } from "lucide-react";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { budgetAfter, type MakingConfig, type PricedModel, priceOf } from "@/engine/price";
import { formatLength, formatUsd } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/Tabs";
import { useScenes, useSelectedScene, useStudio } from "../context";
import { BudgetBar } from "../making/BudgetBar";
import { stateOf, type Version } from "../scene";
import { DirectTab } from "./DirectTab";
import type { CastChoice } from "./MentionPrompt";
import type { InspectorTab } from "./tabs";

const CastTab = lazy(() => import("./CastTab").then((module) => ({ default: module.CastTab })));
const VersionsTab = lazy(() => import("./VersionsTab").then((module) => ({ default: module.VersionsTab })));

interface InspectorProps {
  readonly tab: InspectorTab;
  readonly onTab: (tab: InspectorTab) => void;
  readonly everybody: readonly CastChoice[];
  readonly versions: readonly Version[];
  readonly shown: Version | null;
  readonly onShow: (version: Version | null) => void;
  readonly onCompare: (version: Version) => void;
  readonly onRestore: (version: Version) => void;
  readonly notes: ReactNode;
  readonly noteCount: number;
  readonly models: readonly PricedModel[];
  readonly config: MakingConfig;
  readonly onRegenerate: () => void;
  readonly onPolish: () => void;
}

export function Inspector({
  tab,
  onTab,
  everybody,
  versions,
  shown,
  onShow,
  onCompare,
  onRestore,
  notes,
  noteCount,
  models,
  config,
  onRegenerate,
  onPolish,
}: InspectorProps) {
  const scene = useSelectedScene();
  return (
    <aside
      aria-label={studio.inspector}
      className="flex min-h-0 flex-col bg-panel shadow-[inset_1px_0_0_var(--color-line)]"
    >
      <Tabs
        value={tab}
        onValueChange={(value) => onTab(value as InspectorTab)}
        className="flex min-h-0 flex-1 flex-col"
      >
        <TabList label={studio.inspector} className="h-11 shrink-0 items-end">
          <Tab value="direct">{studio.direct}</Tab>
          <Tab value="cast">{studio.cast}</Tab>
          <Tab value="versions">{studio.versionsTab({ count: versions.length })}</Tab>
          <Tab value="notes">{studio.notesTab({ count: noteCount })}</Tab>
        </TabList>
        {!scene && <p className="py-12 text-center text-fg-3 text-xs">{studio.chooseScene}</p>}
        {scene && (
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
            <TabPanel value="direct" className="outline-none">
              <DirectTab key={scene.id} scene={scene} everybody={everybody} onPolish={onPolish} />
            </TabPanel>
            <TabPanel value="cast" className="outline-none">
              <Suspense>
                <CastTab scene={scene} everybody={everybody} />
              </Suspense>
            </TabPanel>
            <TabPanel value="versions" className="outline-none">
              <Suspense>
                <VersionsTab
                  scene={scene}
                  versions={versions}
                  shown={shown}
                  onShow={onShow}
                  onCompare={onCompare}
                  onRestore={onRestore}
                />
              </Suspense>
            </TabPanel>
            <TabPanel value="notes" className="outline-none">
              <Suspense>{notes}</Suspense>
            </TabPanel>
          </div>
        )}
      </Tabs>
      <Footer models={models} config={config} onRegenerate={onRegenerate} />
    </aside>
  );
}

/** What the project may spend, and what making this scene anew would take of it. */
function Footer({ models, config, onRegenerate }: Pick<InspectorProps, "models" | "config" | "onRegenerate">) {
  const { session, project, canEdit } = useStudio();
  const scene = useSelectedScene();
  const scenes = useScenes();
  const { grid } = session.editor;
  const price = useMemo(
    () =>
      scene
        ? priceOf({ scenes, duration: grid.duration, tempo: grid.tempo }, models, config, [scene.scene_number], "both")
        : null,
    [scenes, scene, grid, models, config],
  );
  const budget = budgetAfter(project.total_cost_usd, price?.usd ?? 0, project.budget_usd ?? null);
  const cost = price && price.usd > 0 ? formatUsd(price.usd) : studio.free;
  const isNew = scene !== null && stateOf(scene) === "waiting";
  return (
    <footer className="shrink-0 border-line border-t p-4">
      <div className="mb-1.5 flex items-center gap-1.5 text-xs">
        <Coins aria-hidden className="size-3.5 text-fg-3" />
        <span className="flex-1 text-fg-2">{studio.budget}</span>
        <span className="tnum font-medium">
          {budget.limit === null
            ? studio.spent({ spent: formatUsd(budget.spent) })
            : studio.spentOf({ spent: formatUsd(budget.spent), budget: formatUsd(budget.limit) })}
        </span>
      </div>
      {budget.limit !== null && <BudgetBar budget={budget} />}
      {canEdit && scene && !scene.locked && price && (stateOf(scene) === "ready" || stateOf(scene) === "still") && (
        <p className="mt-2 text-2xs text-fg-3">
          {price.usd > 0 ? studio.staleCosts({ count: 1, cost }) : studio.staleFree({ count: 1 })}
        </p>
      )}
      {canEdit && (
        <button
          type="button"
          disabled={!scene || scene.locked || stateOf(scene) === "working"}
          onClick={onRegenerate}
          className="mt-3 flex h-10 w-full items-center gap-2 rounded-lg bg-raised px-3 text-sm ring-line transition-colors duration-[120ms] hover:bg-hover disabled:cursor-not-allowed disabled:opacity-45"
        >
          <RefreshCw aria-hidden className="size-4 text-fg-2" />
          <span className="min-w-0 flex-1 truncate text-left font-medium">
            {isNew ? studio.generate : studio.regenerate}
          </span>
          {price && (
            <span className="tnum whitespace-nowrap text-fg-3 text-xs">
              {studio.priceTime({ price: cost, time: formatLength(price.seconds) })}
            </span>
          )}
        </button>
      )}
    </footer>
  );
}
