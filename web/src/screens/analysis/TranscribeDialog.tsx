import { useMutation } from "@tanstack/react-query";
import { Ear } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { ErrandTerms } from "@/buying/ErrandTerms";
import { useErrandQuote } from "@/buying/use-errand-quote";
import { useModelChoice } from "@/buying/use-model-choice";
import { formatUsd } from "@/i18n/format";
import { getLocale } from "@/i18n/locale";
import { analysis } from "@/messages/analysis";
import { buying } from "@/messages/buying";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";

interface TranscribeDialogProps {
  readonly project: string;
  /** Whether there are lyrics already: then their text stays, and only its times come from the song. */
  readonly written: boolean;
  readonly onClose: () => void;
  readonly onOrdered: (task: string) => void;
}

const SUNG = ["ko", "en", "ja", "zh", "es", "fr", "de", "pt", "vi", "th", "id"] as const;

/** Has a service listen to the song: what it costs first. */
export function TranscribeDialog({ project, written, onClose, onOrdered }: TranscribeDialogProps) {
  const choice = useModelChoice("transcription");
  const [language, setLanguage] = useState("");
  const [all, setAll] = useState(false);
  const params = { path: { id: project } };
  const body = { model: choice.model, language: language || null, all, fallbacks: [] };
  const price = useErrandQuote(
    ["transcribe", project, choice.model],
    async (signal) =>
      (await api.POST("/api/projects/{id}/lyrics/transcribe/quote", { params, body, signal })).data?.quote,
    choice.model !== "",
  );
  const order = useMutation({
    mutationFn: async () =>
      (await api.POST("/api/projects/{id}/lyrics/transcribe", { params, body: { ...body, max_cost_usd: price.usd } }))
        .data?.task_id,
    onSuccess: (task) => {
      if (task) onOrdered(task);
      onClose();
    },
  });
  const names = new Intl.DisplayNames(getLocale(), { type: "language" });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={written ? analysis.hearTimes : analysis.hearWords}
      description={written ? analysis.hearTimesText : analysis.hearWordsText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            icon={<Ear aria-hidden className="size-4" />}
            disabled={!price.ready}
            busy={order.isPending}
            onClick={() => order.mutate()}
          >
            {price.usd > 0 ? analysis.hearFor({ price: formatUsd(price.usd) }) : analysis.hear}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={analysis.sungIn}>
          <Select value={language} className="h-9 text-xs" onChange={(event) => setLanguage(event.target.value)}>
            <option value="">{analysis.sungUnknown}</option>
            {SUNG.map((tag) => (
              <option key={tag} value={tag}>
                {names.of(tag)}
              </option>
            ))}
          </Select>
        </Field>
        {written && (
          <Checkbox checked={all} onChange={setAll}>
            {analysis.hearAll}
          </Checkbox>
        )}
        <ErrandTerms
          label={buying.listenModel}
          models={choice.models}
          model={choice.model}
          onModel={choice.choose}
          price={price}
        />
        {order.isError && <ErrorPanel compact error={order.error} />}
      </div>
    </Dialog>
  );
}
