import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { common } from "@/messages/common";
import { webhooks } from "@/messages/webhooks";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";

type Event = Schemas["WebhookEvent"];

const EVENTS: readonly Event[] = [
  "job.completed",
  "job.failed",
  "job.budget_reached",
  "export.completed",
  "credits.low",
];
const USUAL: readonly Event[] = ["job.completed", "job.failed"];

interface WebhookDialogProps {
  /** The one that is changed; `null` for a new one. */
  readonly endpoint: Schemas["WebhookEndpoint"] | null;
  readonly onClose: () => void;
  /** With the secret of a new one. */
  readonly onSaved: (secret: string | null) => void;
}

export function WebhookDialog({ endpoint, onClose, onSaved }: WebhookDialogProps) {
  const form = useId();
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [description, setDescription] = useState(endpoint?.description ?? "");
  const [events, setEvents] = useState<readonly Event[]>(endpoint?.events ?? USUAL);
  const save = useMutation({
    mutationFn: async () => {
      const body = { url: url.trim(), description: description.trim(), events: [...events] };
      if (!endpoint) return (await api.POST("/api/webhook-endpoints", { body })).data?.secret ?? null;
      await api.PATCH("/api/webhook-endpoints/{id}", { params: { path: { id: endpoint.id } }, body });
      return null;
    },
    onSuccess: onSaved,
  });
  const wrong = save.error ? asProblem(save.error).fields.find((one) => one.field === "url") : undefined;
  const ready = url.trim() !== "" && events.length > 0;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) save.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={endpoint ? webhooks.edit : webhooks.add}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={save.isPending} disabled={!ready}>
            {webhooks.save}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={webhooks.url} hint={webhooks.urlHint} error={wrong?.message}>
          <Input
            type="url"
            value={url}
            maxLength={2048}
            autoComplete="off"
            placeholder="https://"
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <Field label={webhooks.description} hint={webhooks.descriptionHint}>
          <Input
            value={description}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setDescription(event.target.value)}
          />
        </Field>
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1.5 font-medium text-fg-2 text-xs">{webhooks.events}</legend>
          {EVENTS.map((event) => (
            <Checkbox
              key={event}
              checked={events.includes(event)}
              onChange={(on) => setEvents(EVENTS.filter((one) => (one === event ? on : events.includes(one))))}
            >
              {webhooks.eventNames[event]}
            </Checkbox>
          ))}
        </fieldset>
        {save.isError && !wrong && <ErrorPanel compact error={save.error} />}
      </form>
    </Dialog>
  );
}
