import { useMutation } from "@tanstack/react-query";
import { WandSparkles } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { ErrandTerms } from "@/buying/ErrandTerms";
import { useErrandQuote } from "@/buying/use-errand-quote";
import { useModelChoice } from "@/buying/use-model-choice";
import { formatUsd } from "@/i18n/format";
import { board } from "@/messages/board";
import { buying } from "@/messages/buying";
import { common } from "@/messages/common";
import { rewriting } from "@/messages/rewriting";
import type { SceneView } from "@/project/project";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";

interface WriteDialogProps {
  readonly project: string;
  readonly scenes: readonly SceneView[];
  readonly chosen: readonly SceneView[];
  readonly onClose: () => void;
  readonly onOrdered: (task: string) => void;
}

/** Scenes written from the lyrics by a text model: which of them, by whom, for how much. */
export function WriteDialog({ project, scenes, chosen, onClose, onOrdered }: WriteDialogProps) {
  const choice = useModelChoice("text");
  const [which, setWhich] = useState<"all" | "chosen">(chosen.length > 0 ? "chosen" : "all");
  const wanted = (which === "chosen" ? chosen : scenes).filter((scene) => !scene.locked);
  const pictured = wanted.filter((scene) => scene.image_url || scene.video_url).length;
  const params = { path: { id: project } };
  const body = { model: choice.model, fallbacks: [], scene_ids: wanted.map((scene) => scene.id) };
  const price = useErrandQuote(
    ["write", project, choice.model, which],
    async (signal) =>
      (await api.POST("/api/projects/{id}/storyboard/write/quote", { params, body, signal })).data?.quote,
    choice.model !== "" && wanted.length > 0,
  );
  const order = useMutation({
    mutationFn: async () =>
      (await api.POST("/api/projects/{id}/storyboard/write", { params, body: { ...body, max_cost_usd: price.usd } }))
        .data?.task_id,
    onSuccess: (task) => {
      if (task) onOrdered(task);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={board.write}
      description={rewriting.writeText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            icon={<WandSparkles aria-hidden className="size-4" />}
            disabled={!price.ready || wanted.length === 0}
            busy={order.isPending}
            onClick={() => order.mutate()}
          >
            {price.usd > 0
              ? rewriting.writeFor({ count: wanted.length, price: formatUsd(price.usd) })
              : rewriting.writeSome({ count: wanted.length })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {chosen.length > 0 && (
          <Segmented
            label={rewriting.writeWhich}
            value={which}
            onChange={setWhich}
            className="self-start"
            options={[
              { value: "chosen", label: rewriting.writeChosen({ count: chosen.length }) },
              { value: "all", label: rewriting.writeAll({ count: scenes.length }) },
            ]}
          />
        )}
        <ErrandTerms
          label={buying.textModel}
          models={choice.models}
          model={choice.model}
          onModel={choice.choose}
          price={price}
        />
        <p className="text-fg-3 text-xs">
          {rewriting.writeKeeps} {pictured > 0 && rewriting.writeStale({ count: pictured })}
        </p>
        {order.isError && <ErrorPanel compact error={order.error} />}
      </div>
    </Dialog>
  );
}
