import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch } from "@/api/client";
import { formatUsd } from "@/i18n/format";
import { characters } from "@/messages/characters";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { Character } from "./character";
import { PhotoPicker } from "./PhotoPicker";
import { TestTerms } from "./TestTerms";
import { usePhotos } from "./use-photos";
import { useTestQuote } from "./use-test-quote";

interface PhotosDialogProps {
  readonly character: Character;
  readonly onClose: () => void;
  readonly onChanged: () => Promise<unknown>;
}

/** Other photos of the same character: they need consent of their own, and are tried out as those of a new one. */
export function PhotosDialog({ character, onClose, onChanged }: PhotosDialogProps) {
  const { photos, add, remove } = usePhotos();
  const [consent, setConsent] = useState(false);
  const arrived = photos.filter((photo) => photo.state.phase === "done").flatMap((photo) => photo.upload.id ?? []);
  const quote = useTestQuote({ photos: Math.max(1, photos.length) });
  const change = useMutation({
    mutationFn: () => {
      const { image_model, vision_model, budget_usd } = quote.terms;
      return api.PATCH("/api/characters/{id}", {
        params: { path: { id: character.id }, header: { "If-Match": ifMatch(character.version) } },
        body: { reference_images: arrived, consent, image_model, vision_model, budget_usd },
      });
    },
    onSuccess: async () => {
      await onChanged();
      onClose();
    },
  });
  const usd = quote.quote?.total_usd ?? 0;
  const complete = photos.length > 0 && arrived.length === photos.length && consent;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      className="w-[min(40rem,calc(100vw-2rem))]"
      title={characters.otherPhotos}
      description={characters.otherPhotosText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            disabled={!complete || !quote.ready}
            busy={change.isPending}
            onClick={() => change.mutate()}
          >
            {usd > 0 ? characters.makeFor({ price: formatUsd(usd) }) : characters.makeFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <PhotoPicker photos={photos} onAdd={add} onRemove={remove} />
        <Checkbox checked={consent} onChange={setConsent}>
          {characters.consent({ name: character.name })}
          <span className="block text-fg-3 text-xs">{characters.consentHint}</span>
        </Checkbox>
        <TestTerms quote={quote} />
        {change.isError && <ErrorPanel compact error={change.error} />}
      </div>
    </Dialog>
  );
}
