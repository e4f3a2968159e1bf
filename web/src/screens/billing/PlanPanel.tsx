import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, Clock3 } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { planName } from "@/api/shortage";
import { ChangePlanDialog } from "@/billing/ChangePlanDialog";
import { usePortal } from "@/billing/checkout";
import { isCycle } from "@/billing/cycles";
import { hasBought, isPaid, type PaidPlan, type PriceList, priceOf, type Subscribed } from "@/billing/offers";
import { formatDate, formatMoney } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { Badge } from "@/ui/Badge";
import { Button, buttonStyles } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Spinner } from "@/ui/Spinner";

interface PlanPanelProps {
  readonly list: PriceList;
  readonly subscription: Subscribed;
  /** A change was asked for; its news comes in a moment. */
  readonly waiting: boolean;
  readonly onAsked: (expected: (now: Subscribed) => boolean) => void;
  readonly from?: string;
}

/** The plan that one has, what it costs next, and what can be done about it. */
export function PlanPanel({ list, subscription, waiting, onAsked, from }: PlanPanelProps) {
  const [open, setOpen] = useState<"change" | "cancel" | null>(null);
  const portal = usePortal();
  const cancel = useMutation({
    mutationFn: () => api.POST("/api/billing/subscription/cancel"),
    onSuccess: () => {
      setOpen(null);
      onAsked((now) => now.cancel_at_period_end || !isPaid(now));
    },
  });
  const resume = useMutation({
    mutationFn: () => api.POST("/api/billing/subscription/resume"),
    onSuccess: () => onAsked((now) => !now.cancel_at_period_end),
  });
  const paid = isPaid(subscription);
  const ending = subscription.cancel_at_period_end;
  const refused = cancel.error ?? resume.error ?? portal.error;
  const cycle = isCycle(subscription.billing_cycle) ? subscription.billing_cycle : "monthly";
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          {billing.planName({ plan: planName(subscription.plan) })}
          <State subscription={subscription} />
        </span>
      }
    >
      <div className="flex flex-col gap-1 text-fg-2">
        <Course list={list} subscription={subscription} />
      </div>
      {waiting && (
        <p role="status" className="mt-3 flex items-center gap-2 text-fg-2">
          <Spinner />
          {billing.working}
        </p>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        {paid ? (
          <>
            {ending ? (
              <Button
                tone="main"
                disabled={waiting || portal.isSuccess}
                busy={resume.isPending}
                onClick={() => resume.mutate()}
              >
                {billing.resume}
              </Button>
            ) : (
              <Button
                tone={subscription.status === "past_due" ? "plain" : "main"}
                disabled={waiting}
                onClick={() => setOpen("change")}
              >
                {billing.change}
              </Button>
            )}
            <Button busy={portal.isPending || portal.isSuccess} onClick={() => portal.mutate(undefined)}>
              {billing.portal}
            </Button>
            {!ending && (
              <Button tone="quiet" disabled={waiting} onClick={() => setOpen("cancel")}>
                {billing.cancel}
              </Button>
            )}
          </>
        ) : (
          <Link to="/pricing" search={{ from }} className={buttonStyles({ tone: "main" })}>
            {billing.seePlans}
          </Link>
        )}
      </div>
      {refused && <ErrorPanel compact error={refused} className="mt-3" />}
      {open === "change" && (
        <ChangePlanDialog
          list={list}
          subscription={subscription}
          plan={subscription.paid_plan as PaidPlan}
          cycle={cycle}
          onClose={() => setOpen(null)}
          onChanged={(plan, in_) => onAsked((now) => hasBought(now, plan, list) && now.billing_cycle === in_)}
        />
      )}
      <Confirm
        open={open === "cancel"}
        onOpenChange={(next) => setOpen(next ? "cancel" : null)}
        title={billing.cancelTitle}
        description={billing.cancelText({ date: formatDate(subscription.current_period_end) })}
        action={billing.cancelDo}
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      />
    </Panel>
  );
}

function State({ subscription }: { readonly subscription: Subscribed }) {
  const { status, cancel_at_period_end } = subscription;
  if (!isPaid(subscription)) return null;
  if (status === "past_due") {
    return (
      <Badge tone="danger" icon={<CircleAlert aria-hidden />}>
        {billing.states.past_due}
      </Badge>
    );
  }
  if (cancel_at_period_end) {
    return (
      <Badge tone="warn" icon={<Clock3 aria-hidden />}>
        {billing.ending}
      </Badge>
    );
  }
  return (
    <Badge tone={status === "trialing" ? "info" : "ok"} icon={<CircleCheck aria-hidden />}>
      {status === "trialing" ? billing.states.trialing : billing.states.active}
    </Badge>
  );
}

/** Where it is in its life, in a sentence or two. */
function Course({ list, subscription }: Pick<PlanPanelProps, "list" | "subscription">) {
  const { status, trial_end, plan } = subscription;
  const end = formatDate(subscription.current_period_end);
  if (!isPaid(subscription)) {
    if (status === "canceled") return <p>{billing.ended}</p>;
    return <p>{plan !== "free" && plan !== list.least_plan ? billing.given : billing.freeText}</p>;
  }
  const period = (
    <p className="tnum text-fg-3 text-xs">
      {billing.period({ from: formatDate(subscription.current_period_start), to: end })}
    </p>
  );
  if (status === "past_due") return period;
  if (subscription.cancel_at_period_end) {
    return (
      <>
        <p>{billing.endsAt({ date: end })}</p>
        {period}
      </>
    );
  }
  const offer = list.plans.find((one) => one.id === subscription.paid_plan);
  const cycle = subscription.billing_cycle;
  const amount = isCycle(cycle) ? priceOf(offer, cycle) : null;
  const next =
    amount === null
      ? billing.renewsAt({ date: end })
      : billing.renews({ date: end, price: formatMoney(amount, list.currency) });
  return (
    <>
      <p>{status === "trialing" && trial_end ? billing.trialEnds({ date: formatDate(trial_end) }) : next}</p>
      {period}
    </>
  );
}
