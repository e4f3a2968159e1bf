import { useMutation } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { api } from "@/api/client";
import { useModels } from "@/buying/models";
import { useOnline } from "@/frame/OfflineBar";
import { formatLength, formatUsd } from "@/i18n/format";
import { buying } from "@/messages/buying";
import { characters } from "@/messages/characters";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { type Character, rejectedOf } from "./character";
import type { Flaw } from "./RejectForm";
import { TestTerms } from "./TestTerms";
import { useTestQuote } from "./use-test-quote";

interface RedrawDialogProps {
  readonly character: Character;
  readonly onClose: () => void;
  readonly onOrdered: () => Promise<unknown>;
}

/** Test pictures anew: those that were rejected, else all. What they are asked to do better, by whom, for how much. */
export function RedrawDialog({ character, onClose, onOrdered }: RedrawDialogProps) {
  const only = rejectedOf(character);
  const { models } = useModels("image");
  const before = character.tests.find((test) => models.some((model) => model.id === test.model))?.model;
  const quote = useTestQuote({ character: character.id, only, first: before ? { image_model: before } : {} });
  const online = useOnline();
  const order = useMutation({
    mutationFn: () =>
      api.POST("/api/characters/{id}/regenerate-tests", {
        params: { path: { id: character.id } },
        body: { only: [...only], ...quote.terms },
      }),
    onSuccess: async () => {
      await onOrdered();
      onClose();
    },
    onError: (refusal) => void quote.outdated(refusal),
  });
  const refused = order.isError && !quote.changed ? order.error : null;
  const usd = quote.quote?.total_usd ?? 0;
  const wrong = character.tests.filter((test) => only.includes(test.number));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      className="w-[min(34rem,calc(100vw-2rem))]"
      title={only.length > 0 ? characters.redrawSome({ count: only.length }) : characters.redrawAll}
      description={only.length > 0 ? characters.redrawText : characters.redrawAllText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            icon={<RefreshCw aria-hidden className="size-4" />}
            disabled={!quote.ready}
            busy={order.isPending}
            onClick={() => order.mutate()}
          >
            {usd > 0 ? characters.makeFor({ price: formatUsd(usd) }) : characters.makeFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {wrong.length > 0 && (
          <ul className="divide-y divide-line rounded-lg ring-line">
            {wrong.map((test) => (
              <li key={test.number} className="flex items-center gap-3 px-3 py-2 text-xs">
                <img src={test.url} alt="" className="aspect-video w-16 rounded-sm object-cover" />
                <span className="min-w-0">
                  <span className="font-medium">
                    {characters.wrong({ what: characters.flaws[(test.reason ?? "other") as Flaw] })}
                  </span>
                  {test.note && <span className="block text-fg-2">“{test.note}”</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
        <TestTerms quote={quote} />
        {quote.quote && (
          <p className="text-fg-3 text-xs">
            {characters.takes({ time: formatLength(quote.quote.estimated_time_seconds) })}
          </p>
        )}
        {!online && <p className="text-warn text-xs">{buying.offline}</p>}
        {refused && <ErrorPanel compact error={refused} />}
      </div>
    </Dialog>
  );
}
