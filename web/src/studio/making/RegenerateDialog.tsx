import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, Sparkles } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { creditsFor } from "@/billing/worth";
import { CreditNote } from "@/buying/CreditNote";
import { budgetAfter, type MakingConfig, type PricedModel, priceOf, type Remake } from "@/engine/price";
import { useOnline } from "@/frame/OfflineBar";
import { formatLength, formatNumber, formatUsd } from "@/i18n/format";
import { common } from "@/messages/common";
import { cost } from "@/messages/cost";
import { studio } from "@/messages/studio";
import { projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { useSaveStatus, useScenes, useStudio } from "../context";
import type { Scene } from "../scene";
import { BudgetBar } from "./BudgetBar";
import { jobsQuery } from "./use-order";

interface RegenerateDialogProps {
  readonly scene: Scene;
  readonly models: readonly PricedModel[];
  readonly config: MakingConfig;
  readonly onClose: () => void;
}

/** One scene anew: what of it, for how much, within what budget. The server spends no more than it says here. */
export function RegenerateDialog({ scene, models, config, onClose }: RegenerateDialogProps) {
  const { session, project } = useStudio();
  const queries = useQueryClient();
  const online = useOnline();
  const saving = useSaveStatus().state !== "saved";
  const scenes = useScenes();
  const [what, setWhat] = useState<Remake>("both");
  const { grid } = session.editor;
  const price = priceOf(
    { scenes, duration: grid.duration, tempo: grid.tempo },
    models,
    config,
    [scene.scene_number],
    what,
  );
  const server = useServerPrice(scene, !saving);
  const effect = what === "both" ? server : undefined;
  const credits = server && creditsOf(server, what);
  const usd = effect?.total_usd ?? price.usd;
  const seconds = effect?.estimated_time_seconds ?? price.seconds;
  const budget = budgetAfter(project.total_cost_usd, usd, project.budget_usd ?? null);
  const order = useMutation({
    mutationFn: async () => {
      await session.flush();
      return api.POST("/api/scenes/{id}/regenerate", { params: { path: { id: scene.id } }, body: { type: what } });
    },
    onSuccess: async () => {
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: jobsQuery(project.id).queryKey }),
        queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
        queries.invalidateQueries({ queryKey: ["get", "/api/scenes/{id}/versions"] }),
      ]);
    },
  });
  const off = !online || saving || budget.missing > 0 || price.tooLong !== null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={cost.sceneTitle({ number: scene.scene_number })}
      description={cost.sceneText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            disabled={off}
            busy={order.isPending}
            icon={<Sparkles aria-hidden className="size-4" />}
            onClick={() => order.mutate()}
          >
            {usd > 0 ? cost.confirm({ price: formatUsd(usd) }) : cost.confirmFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex items-center justify-between gap-3">
          <span className="text-fg-2 text-xs">{cost.what}</span>
          <Segmented
            label={cost.what}
            value={what}
            onChange={setWhat}
            options={[
              { value: "both", label: cost.whats.both },
              { value: "image", label: cost.whats.image },
              { value: "video", label: cost.whats.video },
            ]}
          />
        </div>
        <div className="flex items-baseline justify-between rounded-lg bg-canvas/50 px-3.5 py-3 ring-line">
          <span className="font-medium text-sm">{cost.estimate}</span>
          <span className="tnum font-semibold text-lg">{usd > 0 ? formatUsd(usd) : cost.free}</span>
        </div>
        <CreditNote terms={credits} />
        {budget.limit !== null && (
          <div>
            <p className="tnum mb-1.5 flex justify-between text-xs">
              <span className="text-fg-2">{studio.budget}</span>
              <span>{cost.afterwards({ after: formatUsd(budget.after), budget: formatUsd(budget.limit) })}</span>
            </p>
            <BudgetBar budget={budget} />
          </div>
        )}
        {budget.missing > 0 && (
          <p className="text-danger text-xs">{cost.missing({ amount: formatUsd(budget.missing) })}</p>
        )}
        {price.tooLong && (
          <p className="text-danger text-xs">
            {cost.tooLong({
              number: price.tooLong.number,
              seconds: formatNumber(price.tooLong.seconds, 1),
              longest: formatNumber(price.tooLong.longest),
            })}
          </p>
        )}
        {!online && <p className="text-warn text-xs">{cost.offline}</p>}
        {online && saving && <p className="text-fg-3 text-xs">{cost.unsaved}</p>}
        <p className="flex items-start gap-2 text-fg-3 text-xs">
          <ShieldCheck aria-hidden className="mt-px size-3.5 shrink-0" />
          <span>
            {cost.refund} {cost.time({ time: formatLength(seconds) })}
          </span>
        </p>
        {order.isError && <ErrorPanel compact error={order.error} />}
      </div>
    </Dialog>
  );
}

/** What of the whole price is paid with credits, for the part that is made. */
function creditsOf({ lines, credits_needed, credits_available }: Schemas["Effect"], what: Remake) {
  if (what === "both") return { credits_needed, credits_available };
  const made = what === "image" ? "image" : "clip";
  const paid = lines.filter((line) => line.item === made && line.paid_by === "credits");
  return { credits_needed: paid.reduce((sum, line) => sum + creditsFor(line.amount_usd), 0), credits_available };
}

/** The server's own price for both: that of a change of the seed, which is what a remake is. A scene that has no picture
 * yet has nothing that would become stale, and no such price. */
function useServerPrice(scene: Scene, ready: boolean) {
  const { data } = $api.useQuery(
    "post",
    "/api/scenes/{id}/effect",
    {
      params: { path: { id: scene.id } },
      body: { config: { seed: scene.config.seed === 0 ? 1 : scene.config.seed - 1 } },
    },
    { enabled: ready, retry: false },
  );
  return data && data.stale.length > 0 ? data : undefined;
}
