import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "@/api/client";
import { formatUsd } from "@/i18n/format";
import { characters } from "@/messages/characters";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input, Textarea } from "@/ui/Input";
import { PhotoPicker } from "./PhotoPicker";
import { TestTerms } from "./TestTerms";
import { usePhotos } from "./use-photos";
import { useTestQuote } from "./use-test-quote";

const SHORTEST_NAME = 2;

export function NewCharacterScreen() {
  const { project } = useSearch({ from: "/app/characters/new" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { photos, add, remove } = usePhotos();
  const [name, setName] = useState("");
  const [look, setLook] = useState("");
  const [consent, setConsent] = useState(false);
  // `asked` shows what is missing; `going` means that all was there, and only the uploads are waited for.
  const [asked, setAsked] = useState(false);
  const [going, setGoing] = useState(false);
  const sending = photos.some(
    (photo) => photo.state.phase !== "done" && photo.state.phase !== "failed" && photo.verdict !== "unreadable",
  );
  const arrived = photos.filter((photo) => photo.state.phase === "done").flatMap((photo) => photo.upload.id ?? []);
  const named = name.trim().length >= SHORTEST_NAME;
  const quote = useTestQuote({ photos: Math.max(1, photos.length) });
  const usd = quote.quote?.total_usd ?? 0;
  const create = useMutation({
    mutationFn: async () =>
      (
        await api.POST("/api/characters", {
          body: {
            name: name.trim(),
            description: look.trim() || null,
            reference_images: arrived,
            consent,
            ...quote.terms,
          },
        })
      ).data,
    onSuccess: async (answer) => {
      await queries.invalidateQueries({ queryKey: ["get", "/api/characters"] });
      if (answer)
        await navigate({
          to: "/characters/$id",
          params: { id: answer.character.id },
          search: { project },
          replace: true,
        });
    },
    // What was agreed to is not what it costs by now: the person looks at the new price and presses again.
    onError: (refusal) => void (quote.outdated(refusal) && setGoing(false)),
  });
  const { mutate, isIdle } = create;
  const ready = !sending && arrived.length > 0 && quote.ready;
  useEffect(() => {
    if (going && ready && isIdle) mutate();
  }, [going, ready, isIdle, mutate]);
  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!named || photos.length === 0 || !consent) return;
    setGoing(true);
    if (create.isError && ready) mutate();
  }
  return (
    <form noValidate onSubmit={submit} className="mx-auto flex max-w-3xl flex-col gap-5">
      <h1 className="font-semibold text-xl">{characters.builder}</h1>
      <section className="flex flex-col gap-3 rounded-xl bg-panel p-4 ring-line sm:p-5">
        <h2 className="font-semibold text-base">{characters.photos}</h2>
        <p className="text-fg-3 text-xs">{characters.photosHint}</p>
        <PhotoPicker photos={photos} onAdd={add} onRemove={remove} />
        {asked && photos.length === 0 && <Missing text={characters.photosNeeded} />}
      </section>
      <section className="flex flex-col gap-4 rounded-xl bg-panel p-4 ring-line sm:p-5">
        <Field
          label={characters.name}
          hint={characters.nameHint}
          error={asked && !named ? characters.nameNeeded : null}
        >
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={characters.look} optional hint={characters.lookHint}>
          <Textarea
            value={look}
            maxLength={500}
            rows={3}
            placeholder={characters.lookPlaceholder}
            onChange={(event) => setLook(event.target.value)}
          />
        </Field>
        <div>
          <Checkbox checked={consent} invalid={asked && !consent} onChange={setConsent}>
            {characters.consent({ name: name.trim() || characters.thisCharacter })}
            <span className="block text-fg-3 text-xs">{characters.consentHint}</span>
          </Checkbox>
          {asked && !consent && <Missing text={characters.consentNeeded} />}
        </div>
      </section>
      <section aria-labelledby="terms" className="rounded-xl bg-panel p-4 ring-line sm:p-5">
        <h2 id="terms" className="font-semibold text-base">
          {characters.terms}
        </h2>
        <p className="mb-3 text-fg-3 text-xs">{characters.makeHint}</p>
        <TestTerms quote={quote} />
      </section>
      {create.isError && !quote.changed && <ErrorPanel compact error={create.error} />}
      <div className="flex flex-wrap items-center justify-end gap-3">
        <Button tone="main" size="lg" type="submit" busy={create.isPending || (going && sending)}>
          {usd > 0 ? characters.makeFor({ price: formatUsd(usd) }) : characters.makeFree}
        </Button>
      </div>
    </form>
  );
}

function Missing({ text }: { readonly text: string }) {
  return (
    <p role="alert" className="mt-1.5 flex items-center gap-1.5 text-danger text-xs">
      <CircleAlert aria-hidden className="size-3.5" />
      {text}
    </p>
  );
}
