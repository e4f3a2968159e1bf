import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { planName } from "@/api/shortage";
import { formatMoney } from "@/i18n/format";
import { common } from "@/messages/common";
import { plans } from "@/messages/plans";
import { Button } from "@/ui/Button";
import { RadioTiles, Segmented } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { Cycle } from "./cycles";
import { cyclesOf, type PaidPlan, type PriceList, plansOf, priceOf, type Subscribed } from "./offers";

interface ChangePlanDialogProps {
  readonly list: PriceList;
  readonly subscription: Subscribed;
  /** What was chosen where the dialog was opened. */
  readonly plan: PaidPlan;
  readonly cycle: Cycle;
  readonly onClose: () => void;
  /** Asked for; the news of it comes in a moment. */
  readonly onChanged: (plan: PaidPlan, cycle: Cycle) => void;
}

/** Another plan or cycle: what is due for it now is said before anything is done. */
export function ChangePlanDialog({ list, subscription, plan, cycle, onClose, onChanged }: ChangePlanDialogProps) {
  const queries = useQueryClient();
  const [wanted, setWanted] = useState({ plan, cycle });
  const cycles = cyclesOf(list);
  const offers = plansOf(list).filter((offer) => offer.id !== "free");
  const same = wanted.plan === subscription.paid_plan && wanted.cycle === subscription.billing_cycle;
  const body = { plan_id: wanted.plan, billing_cycle: wanted.cycle };
  const preview = useQuery({
    queryKey: ["plan change", body],
    queryFn: async ({ signal }) => (await api.POST("/api/billing/subscription/preview", { body, signal })).data ?? null,
    enabled: !same,
    // What is left of a period is worth less every minute.
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const due = same ? null : (preview.data ?? null);
  const change = useMutation({
    mutationFn: () => api.POST("/api/billing/subscription/change", { body }),
    onSuccess: async () => {
      onChanged(wanted.plan, wanted.cycle);
      onClose();
      await queries.invalidateQueries({ queryKey: ["get", "/api/billing/invoices"] });
    },
  });
  const currency = due?.currency ?? list.currency;
  const price = due && formatMoney(due.amount_due, currency);
  const choose = (next: Partial<typeof wanted>) => {
    change.reset();
    setWanted((before) => ({ ...before, ...next }));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={plans.changeTitle}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" disabled={!due} busy={change.isPending} onClick={() => change.mutate()}>
            {due && due.amount_due > 0 ? plans.pay({ price: price ?? "" }) : plans.changeFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {cycles.length > 1 && (
          <Segmented
            label={plans.cycle}
            value={wanted.cycle}
            onChange={(next) => choose({ cycle: next })}
            options={cycles.map((value) => ({ value, label: plans.cycles[value] }))}
            className="self-start"
          />
        )}
        <RadioTiles
          label={plans.changePlan}
          value={wanted.plan}
          onChange={(next) => choose({ plan: next })}
          options={offers.map((offer) => ({
            value: offer.id as PaidPlan,
            disabled: priceOf(offer, wanted.cycle) === null,
            label: (
              <PlanTile
                name={planName(offer.id)}
                amount={priceOf(offer, wanted.cycle)}
                currency={list.currency}
                cycle={wanted.cycle}
              />
            ),
          }))}
        />
        <div className="flex min-h-14 items-center justify-between gap-4 rounded-lg bg-canvas/50 px-3.5 py-3 ring-line">
          <span className="font-medium text-sm">
            {plans.dueNow}
            <span className="block font-normal text-fg-3 text-xs">{plans.dueHint}</span>
          </span>
          <span className="tnum font-semibold text-lg" aria-live="polite" aria-busy={preview.isFetching}>
            {same ? "–" : (price ?? (preview.isError ? "–" : "…"))}
          </span>
        </div>
        {same && <p className="text-fg-2 text-xs">{plans.sameAsNow}</p>}
        {due && (
          <div className="flex flex-col gap-1 text-fg-2 text-xs">
            {due.amount_due === 0 && <p>{plans.dueNothing}</p>}
            <p>{plans.changeNow({ plan: planName(wanted.plan) })}</p>
            {subscription.cancel_at_period_end && <p>{plans.changeEnds}</p>}
          </div>
        )}
        {preview.isError && <ErrorPanel compact error={preview.error} onRetry={() => preview.refetch()} />}
        {change.isError && <ErrorPanel compact error={change.error} />}
      </div>
    </Dialog>
  );
}

interface PlanTileProps {
  readonly name: string;
  readonly amount: number | null;
  readonly currency: string;
  readonly cycle: Cycle;
}

function PlanTile({ name, amount, currency, cycle }: PlanTileProps) {
  const per = cycle === "monthly" ? plans.perMonth : plans.perYear;
  return (
    <span className="flex flex-col py-1">
      <span className="font-semibold text-fg text-sm">{name}</span>
      <span className="tnum">{amount === null ? "–" : `${formatMoney(amount, currency)} / ${per}`}</span>
    </span>
  );
}
