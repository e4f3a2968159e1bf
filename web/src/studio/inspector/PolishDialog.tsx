import { useMutation } from "@tanstack/react-query";
import { Check, WandSparkles } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { ErrandProgress } from "@/buying/ErrandProgress";
import { ErrandTerms } from "@/buying/ErrandTerms";
import { useErrand } from "@/buying/use-errand";
import { useErrandQuote } from "@/buying/use-errand-quote";
import { useModelChoice } from "@/buying/use-model-choice";
import { wordDiff } from "@/engine/word-diff";
import { formatUsd } from "@/i18n/format";
import { buying } from "@/messages/buying";
import { common } from "@/messages/common";
import { studio } from "@/messages/studio";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { useStudio } from "../context";
import { EffectLine } from "../making/EffectLine";
import type { Scene } from "../scene";
import { changesOf, type Proposal, proposalIn } from "./proposal";

interface PolishDialogProps {
  readonly scene: Scene;
  readonly onClose: () => void;
}

/** A scene's words by a text model: its price, then what would change, and nothing changes until that is accepted. */
export function PolishDialog({ scene, onClose }: PolishDialogProps) {
  const { session, project } = useStudio();
  const choice = useModelChoice("text");
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const params = { path: { id: scene.id } };
  const price = useErrandQuote(
    ["polish", scene.id, choice.model],
    async (signal) =>
      (await api.POST("/api/scenes/{id}/polish/quote", { params, body: { model: choice.model }, signal })).data?.quote,
    choice.model !== "",
  );
  const errand = useErrand({
    project: project.id,
    kind: "write_scenes",
    scene: scene.id,
    onDone: (result) => setProposal(proposalIn(result)),
  });
  const order = useMutation({
    mutationFn: async () => {
      setProposal(null);
      await session.flush();
      const { data } = await api.POST("/api/scenes/{id}/polish", {
        params: { ...params, query: { wait_seconds: 0 } },
        body: { model: choice.model, max_cost_usd: price.usd },
      });
      return data?.task_id ?? null;
    },
    onSuccess: (task) => task && errand.watch(task),
  });
  const changes = proposal ? changesOf(proposal) : [];
  function accept() {
    if (!proposal) return;
    session.editor.run({ kind: "change", scene: scene.id, change: proposal.new });
    onClose();
  }
  const busy = order.isPending || errand.running !== null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      className="w-[min(40rem,calc(100vw-2rem))]"
      title={studio.polishTitle({ number: scene.scene_number })}
      description={proposal ? studio.polishCheck : studio.polishText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {proposal ? studio.polishDiscard : common.cancel}
          </Button>
          {proposal && changes.length > 0 ? (
            <Button tone="main" size="lg" icon={<Check aria-hidden className="size-4" />} onClick={accept}>
              {studio.polishAccept}
            </Button>
          ) : (
            <Button
              tone="main"
              size="lg"
              icon={<WandSparkles aria-hidden className="size-4" />}
              disabled={!price.ready}
              busy={busy}
              onClick={() => order.mutate()}
            >
              {price.usd > 0 ? studio.polishFor({ price: formatUsd(price.usd) }) : studio.polish}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {!proposal && (
          <ErrandTerms
            label={buying.textModel}
            models={choice.models}
            model={choice.model}
            onModel={choice.choose}
            price={price}
          />
        )}
        <ErrandProgress errand={errand} text={studio.polishing} />
        {order.isError && <ErrorPanel compact error={order.error} />}
        {proposal && changes.length === 0 && (
          <p className="text-fg-2 text-sm">
            {studio.polishNothing}
            {proposal.reason && <span className="mt-1 block text-fg-3 text-xs">{proposal.reason}</span>}
          </p>
        )}
        {proposal && changes.length > 0 && (
          <>
            <dl className="flex flex-col gap-3">
              {changes.map(({ field, before, after }) => (
                <div key={field}>
                  <dt className="mb-1 font-medium text-fg-2 text-xs">{studio.changed[field]}</dt>
                  <dd className="rounded-lg bg-canvas/60 px-3 py-2 text-sm leading-relaxed ring-line">
                    <Diff before={before} after={after} />
                  </dd>
                </div>
              ))}
            </dl>
            <EffectLine scene={scene} change={proposal.new} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  return wordDiff(before, after).map(({ kind, text }, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity
    if (kind === "same") return <span key={index}>{text}</span>;
    const Mark = kind === "gone" ? "del" : "ins";
    return (
      <Mark
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity
        key={index}
        className={kind === "gone" ? "text-fg-3 line-through" : "rounded-sm bg-ok/14 text-ok no-underline"}
      >
        {text}
      </Mark>
    );
  });
}
