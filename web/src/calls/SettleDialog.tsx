import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import { serviceName } from "@/api/services";
import { formatDateTime } from "@/i18n/format";
import { common } from "@/messages/common";
import { usage } from "@/messages/usage";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { toast } from "@/ui/toasts";
import { amountOf, type Call, choices, type Outcome, resolution } from "./call";

interface SettleDialogProps {
  readonly call: Call;
  readonly onClose: () => void;
  readonly onSettled: () => Promise<unknown>;
}

export function SettleDialog({ call, onClose, onSettled }: SettleDialogProps) {
  const form = useId();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [jobId, setJobId] = useState("");
  const [amount, setAmount] = useState("");
  const body = outcome && resolution(outcome, jobId, amount);
  const settle = useMutation({
    mutationFn: async () => {
      if (body) await api.POST("/api/calls/{id}/resolve", { params: { path: { id: call.id } }, body });
    },
    onSuccess: async () => {
      toast(usage.settled, { tone: "ok" });
      await onSettled();
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (body) settle.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={usage.settleTitle}
      description={usage.settleText({ service: serviceName(call.provider), when: formatDateTime(call.created_at) })}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={settle.isPending} disabled={!body}>
            {usage.settle}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <p className="break-all text-fg-3 text-xs">
          {usage.reference} <code className="font-mono text-fg-2">{call.reference}</code>
        </p>
        <div role="radiogroup" aria-label={usage.settleTitle} className="flex flex-col gap-1.5">
          {choices(call).map((choice) => (
            <label
              key={choice}
              className="flex cursor-pointer items-start gap-2.5 rounded-md bg-raised px-3 py-2.5 text-sm hover:bg-hover has-checked:bg-ember-soft has-checked:shadow-[inset_0_0_0_1.5px_var(--color-ember)]"
            >
              <input
                type="radio"
                name={form}
                checked={outcome === choice}
                onChange={() => setOutcome(choice)}
                className="mt-1 accent-ember"
              />
              <span>
                <span className="block font-medium">{usage.outcomes[choice]}</span>
                <span className="block text-fg-2 text-xs">{usage.outcomeMeans[choice]}</span>
              </span>
            </label>
          ))}
        </div>
        {outcome === "taken" && (
          <Field label={usage.jobId}>
            <Input
              value={jobId}
              maxLength={255}
              autoComplete="off"
              onChange={(event) => setJobId(event.target.value)}
            />
          </Field>
        )}
        {outcome === "charged" && (
          <Field label={usage.chargedUsd} optional error={amountOf(amount) === undefined ? usage.chargedWrong : null}>
            <Input inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
          </Field>
        )}
        {settle.isError && <ErrorPanel compact error={settle.error} />}
      </form>
    </Dialog>
  );
}
