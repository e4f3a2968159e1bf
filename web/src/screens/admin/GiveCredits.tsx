import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input, Select } from "@/ui/Input";
import { toast } from "@/ui/toasts";

type Reason = Schemas["CreditReason"];

const REASONS: readonly Reason[] = ["gift", "purchase", "correction", "refund"];
const MOST = 10_000_000;

interface GiveCreditsProps {
  readonly person: Schemas["PersonBody"];
  readonly onGiven: () => Promise<unknown>;
}

export function GiveCredits({ person, onGiven }: GiveCreditsProps) {
  const [id, setId] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState<Reason>("gift");
  const [note, setNote] = useState("");
  const credits = /^-?\d+$/.test(amount.trim()) ? Number(amount) : 0;
  const ready = credits !== 0 && Math.abs(credits) <= MOST && note.trim() !== "";
  const give = useMutation({
    // The same number until it is made: sent twice, it counts once.
    mutationFn: async () =>
      (
        await api.POST("/api/admin/users/{id}/credits", {
          params: { path: { id: person.id } },
          body: { id, credits, reason, note: note.trim() },
        })
      ).data,
    onSuccess: async (balance) => {
      setId(crypto.randomUUID());
      setAmount("");
      setNote("");
      if (balance) toast(admin.given({ credits: formatNumber(balance.available) }), { tone: "ok" });
      await onGiven();
    },
  });
  // What is asked for now is another change than the one that may have been made.
  function changing(change: () => void) {
    change();
    if (give.isError) {
      setId(crypto.randomUUID());
      give.reset();
    }
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) give.mutate();
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 border-line border-t pt-4">
      <h3 className="font-semibold text-sm">{admin.give}</h3>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={admin.amount} hint={admin.amountHint}>
          <Input
            inputMode="numeric"
            autoComplete="off"
            value={amount}
            onChange={(event) => changing(() => setAmount(event.target.value))}
          />
        </Field>
        <Field label={admin.reason}>
          <Select value={reason} onChange={(event) => changing(() => setReason(event.target.value as Reason))}>
            {REASONS.map((one) => (
              <option key={one} value={one}>
                {admin.reasons[one]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <Field label={admin.note} hint={admin.noteHint}>
        <Input
          maxLength={500}
          autoComplete="off"
          value={note}
          onChange={(event) => changing(() => setNote(event.target.value))}
        />
      </Field>
      {give.isError && <ErrorPanel compact error={give.error} />}
      <Button size="lg" type="submit" className="self-start" busy={give.isPending} disabled={!ready}>
        {admin.give}
      </Button>
    </form>
  );
}
