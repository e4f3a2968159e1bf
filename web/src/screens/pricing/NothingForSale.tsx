import { Link } from "@tanstack/react-router";
import { DoorOpen } from "lucide-react";
import { useUser } from "@/api/session";
import { LimitList } from "@/billing/LimitList";
import { isOpen } from "@/billing/limits";
import type { PriceList } from "@/billing/offers";
import { useSubscription } from "@/billing/use-subscription";
import { pricing } from "@/messages/pricing";
import { buttonStyles } from "@/ui/Button";
import { Panel } from "@/ui/Panel";

/** Instead of prices, where nothing is paid for: what everybody, or this account, may do. */
export function NothingForSale({ list }: { readonly list: PriceList }) {
  const user = useUser();
  const own = useSubscription(Boolean(user));
  const everybody = list.plans.find((offer) => offer.id === list.least_plan)?.limits;
  const limits = own.subscription?.limits ?? everybody;
  const open = limits !== undefined && isOpen(limits);
  const said = open ? pricing.openAll : own.subscription ? pricing.openYours : pricing.openSome;
  return (
    <div className="mx-auto max-w-2xl">
      <span
        aria-hidden
        className="mb-4 flex size-12 items-center justify-center rounded-xl bg-raised text-fg-2 [&_svg]:size-6"
      >
        <DoorOpen />
      </span>
      <h1 className="text-balance font-semibold text-2xl">{pricing.openTitle}</h1>
      <p className="mt-2 text-fg-2">
        {said} {pricing.openCost}
      </p>
      {limits && (
        <Panel title={pricing.limits} className="mt-6">
          <LimitList limits={limits} />
        </Panel>
      )}
      <div className="mt-6">
        {user ? (
          <Link to="/usage" className={buttonStyles({ size: "lg" })}>
            {pricing.seeUsage}
          </Link>
        ) : (
          <Link to="/sign-up" className={buttonStyles({ tone: "main", size: "lg" })}>
            {pricing.start}
          </Link>
        )}
      </div>
    </div>
  );
}
