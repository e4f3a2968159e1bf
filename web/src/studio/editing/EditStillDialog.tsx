import { ImageUp, Plus, Trash2, WandSparkles } from "lucide-react";
import { useState } from "react";
import { ErrandProgress } from "@/buying/ErrandProgress";
import { ErrandTerms } from "@/buying/ErrandTerms";
import { useModelChoice } from "@/buying/use-model-choice";
import { budgetAfter } from "@/engine/price";
import { formatPercent, formatUsd } from "@/i18n/format";
import { buying } from "@/messages/buying";
import { common } from "@/messages/common";
import { cost } from "@/messages/cost";
import { studio } from "@/messages/studio";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { cn } from "@/ui/cn";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Slider } from "@/ui/Slider";
import { useSaveStatus, useStudio } from "../context";
import type { Scene } from "../scene";
import { ChangeFields } from "./ChangeFields";
import { MaskOverlay } from "./MaskOverlay";
import { RegionOverlay, RegionSliders } from "./RegionField";
import { isComplete, MOST_CHANGES, newChange, type StillChange } from "./still-change";
import { useStillEdit } from "./use-still-edit";

interface EditStillDialogProps {
  readonly scene: Scene;
  readonly picture: string;
  readonly onClose: () => void;
}

/** Changes to a scene's still, one after another: what, where, by whom, for how much. A new version comes of it. */
export function EditStillDialog({ scene, picture, onClose }: EditStillDialogProps) {
  const { project } = useStudio();
  const saving = useSaveStatus().state !== "saved";
  const [changes, setChanges] = useState<readonly StillChange[]>(() => [newChange("1")]);
  const [at, setAt] = useState(0);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | null>(null);
  const [brush, setBrush] = useState(0.08);
  const [sheet, setSheet] = useState(0);
  const choice = useModelChoice("edit", "qwen");
  const { errand, price, order } = useStillEdit(scene, changes, choice.model, onClose);
  const change = changes[at] ?? (changes[0] as StillChange);
  const set = (part: Partial<StillChange>) =>
    setChanges(changes.map((one) => (one.id === change.id ? { ...one, ...part } : one)));
  const budget = budgetAfter(project.total_cost_usd, price.usd, project.budget_usd ?? null);
  const busy = order.isPending || errand.running !== null;
  const ready = changes.every(isComplete) && price.ready && !saving && budget.missing === 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      className="w-[min(62rem,calc(100vw-2rem))]"
      title={studio.editStillTitle({ number: scene.scene_number })}
      description={studio.editStillText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {busy ? common.close : common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            icon={<WandSparkles aria-hidden className="size-4" />}
            disabled={!ready}
            busy={busy}
            onClick={() => order.mutate()}
          >
            {price.usd > 0 ? studio.editFor({ price: formatUsd(price.usd) }) : studio.editFree}
          </Button>
        </>
      }
    >
      <div className="grid gap-5 md:grid-cols-[minmax(0,1.2fr)_minmax(19rem,1fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          <div className="relative self-center overflow-hidden rounded-lg bg-canvas">
            <img
              src={picture}
              alt={studio.editedPicture({ number: scene.scene_number })}
              draggable={false}
              className="block max-h-[48vh] max-w-full select-none"
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                setSize({ width: naturalWidth, height: naturalHeight })
              }
            />
            {change.where === "region" && (
              <RegionOverlay region={change.region} onChange={(region) => set({ region })} />
            )}
            {change.where === "mask" && size && (
              <MaskOverlay
                key={change.id}
                {...size}
                brush={brush}
                sheet={sheet}
                mask={change.mask}
                onPainted={(mask) => set({ mask })}
              />
            )}
          </div>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Segmented
              label={studio.editWhere}
              value={change.where}
              onChange={(where) => set({ where, mask: null })}
              options={[
                { value: "all", label: studio.whereAll },
                { value: "region", label: studio.whereRegion },
                { value: "mask", label: studio.whereMask },
              ]}
            />
            <span className="text-fg-3 text-xs">{studio.whereHints[change.where]}</span>
          </div>
          {change.where === "region" && <RegionSliders region={change.region} onChange={(region) => set({ region })} />}
          {change.where === "mask" && (
            <div className="flex items-end gap-3">
              <div className="flex-1">
                <Slider
                  label={studio.brush}
                  min={0.02}
                  max={0.25}
                  value={brush}
                  text={formatPercent(brush)}
                  onChange={setBrush}
                />
              </div>
              <Button
                size="sm"
                onClick={() => {
                  setSheet(sheet + 1);
                  set({ mask: null });
                }}
              >
                {studio.clearMask}
              </Button>
            </div>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <fieldset aria-label={studio.chain} className="flex flex-wrap items-center gap-1.5">
            {changes.map((one, index) => (
              <button
                key={one.id}
                type="button"
                aria-pressed={index === at}
                onClick={() => setAt(index)}
                className={cn(
                  "tnum h-7 rounded-md px-2.5 text-xs ring-line",
                  index === at ? "bg-ember-soft text-ember" : "bg-raised text-fg-2 hover:bg-hover",
                )}
              >
                {studio.chainStep({ number: index + 1 })}
              </button>
            ))}
            {changes.length < MOST_CHANGES && (
              <IconButton
                label={studio.addChange}
                size="sm"
                onClick={() => {
                  setChanges([...changes, newChange(crypto.randomUUID())]);
                  setAt(changes.length);
                }}
              >
                <Plus aria-hidden />
              </IconButton>
            )}
            {changes.length > 1 && (
              <IconButton
                label={studio.removeChange({ number: at + 1 })}
                size="sm"
                className="ml-auto"
                onClick={() => {
                  setChanges(changes.filter((one) => one.id !== change.id));
                  setAt(Math.max(0, at - 1));
                }}
              >
                <Trash2 aria-hidden />
              </IconButton>
            )}
          </fieldset>
          <ChangeFields key={change.id} change={change} onChange={set} />
          <ErrandTerms
            label={buying.editModel}
            models={choice.models}
            model={choice.model}
            onModel={choice.choose}
            price={price}
          />
          {budget.missing > 0 && (
            <p className="text-danger text-xs">{cost.missing({ amount: formatUsd(budget.missing) })}</p>
          )}
          {scene.video_url && (
            <p className="flex items-start gap-2 text-fg-3 text-xs">
              <ImageUp aria-hidden className="mt-px size-3.5 shrink-0" />
              {studio.editClip}
            </p>
          )}
          <ErrandProgress errand={errand} text={studio.editing} />
          {order.isError && <ErrorPanel compact error={order.error} />}
        </div>
      </div>
    </Dialog>
  );
}
