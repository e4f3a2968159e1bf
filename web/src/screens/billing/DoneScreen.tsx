import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { CircleCheck, CircleX, Hourglass, LoaderCircle } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { $api } from "@/api/client";
import { planName } from "@/api/shortage";
import { remembered } from "@/billing/checkout";
import { subscriptionQuery } from "@/billing/offers";
import { formatNumber } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { type Arrival, arrivalOf, isHere } from "./arrival";

const ASK_EVERY = 1_500;
/** Payments that take days are asked for less often. */
const ASK_SLOWLY = 15_000;
/** Milliseconds after which it is said that it takes long. */
const LATE = 45_000;
const NEWEST = 20;

/** Where one comes back to from paying: it says whether it was paid, and waits until what was bought is there. */
export function DoneScreen() {
  const { session_id: session } = useSearch({ from: "/app/billing/done" });
  if (!session) return <Unknown />;
  return <Outcome session={session} />;
}

function Unknown() {
  return (
    <Frame>
      <Empty
        icon={<CircleX />}
        title={billing.done.unknownTitle}
        text={billing.done.unknownText}
        action={<ToBilling />}
      />
    </Frame>
  );
}

function Outcome({ session }: { readonly session: string }) {
  const { from, newest } = remembered(session);
  const checkout = useQuery({
    ...$api.queryOptions("get", "/api/billing/checkout-sessions/{id}", { params: { path: { id: session } } }),
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const now = state.data;
      if (!now || now.paid || now.status === "expired") return false;
      return now.status === "complete" ? ASK_SLOWLY : ASK_EVERY;
    },
  });
  const paid = checkout.data?.paid ?? false;
  const plan = checkout.data?.purchase === "plan";
  const own = useQuery({
    ...subscriptionQuery,
    enabled: paid,
    staleTime: 0,
    refetchInterval: ({ state }) => (plan && !(state.data && isHere(state.data.subscription)) ? ASK_EVERY : false),
  });
  const credits = useQuery({
    ...$api.queryOptions("get", "/api/billing/credits", { params: { query: { limit: NEWEST } } }),
    enabled: paid,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      arrivalOf({ checkout: checkout.data, subscription: own.data?.subscription, credits: state.data, newest }) ===
      "here"
        ? false
        : ASK_EVERY,
  });
  if (checkout.isError) {
    return (
      <Frame>
        {checkout.error.status === 404 ? (
          <Empty
            icon={<CircleX />}
            title={billing.done.unknownTitle}
            text={billing.done.unknownText}
            action={<ToBilling />}
          />
        ) : (
          <ErrorPanel error={checkout.error} onRetry={() => checkout.refetch()} />
        )}
      </Frame>
    );
  }
  const arrival = arrivalOf({
    checkout: checkout.data,
    subscription: own.data?.subscription,
    credits: credits.data,
    newest,
  });
  const count = formatNumber(credits.data?.balance.available ?? 0);
  return (
    <Frame>
      <Told
        arrival={arrival}
        plan={plan}
        name={planName(own.data?.subscription.paid_plan ?? "")}
        count={count}
        from={from}
      />
    </Frame>
  );
}

interface ToldProps {
  readonly arrival: Arrival;
  readonly plan: boolean;
  readonly name: string;
  readonly count: string;
  readonly from: string | null;
}

function Told({ arrival, plan, name, count, from }: ToldProps) {
  const { done } = billing;
  const late = useLate(arrival === "paid");
  const turning = <LoaderCircle className="animate-turn" />;
  switch (arrival) {
    case "asking":
      return <Empty icon={turning} title={done.asking} />;
    case "open":
      return (
        <Empty
          icon={<CircleX />}
          title={done.openTitle}
          text={done.openText}
          action={
            <>
              <Link to="/pricing" search={{ from: from ?? undefined }} className={buttonStyles({ tone: "main" })}>
                {done.again}
              </Link>
              <ToBilling />
            </>
          }
        />
      );
    case "expired":
      return (
        <Empty
          icon={<CircleX />}
          title={done.expiredTitle}
          text={done.expiredText}
          action={
            <Link to="/pricing" search={{ from: from ?? undefined }} className={buttonStyles({ tone: "main" })}>
              {done.again}
            </Link>
          }
        />
      );
    case "pending":
      return <Empty icon={<Hourglass />} title={done.waitingTitle} text={done.waitingText} action={<ToBilling />} />;
    case "paid":
      return (
        <Empty
          icon={turning}
          title={done.paidTitle}
          text={late ? done.lateText : plan ? done.paidPlanText : done.paidCreditsText}
          action={late ? <ToBilling /> : undefined}
        />
      );
    case "here":
      return (
        <Empty
          icon={<CircleCheck className="text-ok" />}
          title={plan ? done.planTitle({ plan: name }) : done.creditsTitle}
          text={done.planText({ count })}
          action={
            <>
              <Link to={from ?? "/home"} className={buttonStyles({ tone: "main" })}>
                {from ? billing.backTo : done.toHome}
              </Link>
              <ToBilling />
            </>
          }
        />
      );
  }
}

/** Whether something has been waited for long. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), LATE);
    return () => clearTimeout(timer);
  }, [waiting]);
  return late;
}

function ToBilling() {
  return (
    <Link to="/billing" className={buttonStyles()}>
      {billing.done.toBilling}
    </Link>
  );
}

function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto max-w-xl pt-[6vh]">
      <h1 className="sr-only">{billing.done.title}</h1>
      <div aria-live="polite" className="rounded-xl bg-panel ring-line">
        {children}
      </div>
    </div>
  );
}
