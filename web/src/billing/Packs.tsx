import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { formatMoney, formatNumber } from "@/i18n/format";
import { plans } from "@/messages/plans";
import { pricing } from "@/messages/pricing";
import { Button, buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { useCheckout } from "./checkout";
import { type PriceList, packsOf } from "./offers";
import { type UnitPrices, worth } from "./worth";

interface PacksProps {
  readonly list: PriceList;
  readonly prices: UnitPrices;
  /** Where one goes back to afterwards. */
  readonly from: string | null;
  /** Nobody is signed in: they must be, to buy. */
  readonly visitor?: boolean;
}

/** Credits beside those of the plan, in the sizes that are sold. */
export function Packs({ list, prices, from, visitor = false }: PacksProps) {
  const buy = useCheckout(from);
  const asked = buy.isPending || buy.isSuccess ? buy.variables : null;
  const going = asked && "credits" in asked ? asked.credits : null;
  return (
    <>
      <ul className="grid gap-3 sm:grid-cols-3">
        {packsOf(list).map((pack) => {
          const count = formatNumber(pack.credits);
          const price = formatMoney(pack.amount, list.currency);
          return (
            <li key={pack.credits} className="flex flex-col rounded-xl bg-panel p-4 ring-line">
              <p className="flex items-center gap-2 font-semibold text-base">
                <Coins aria-hidden className="size-4 text-fg-3" />
                {plans.packCredits({ count })}
              </p>
              <p className="mt-1 flex-1 text-fg-2 text-xs">{worth(pack.credits, prices)}</p>
              {visitor ? (
                <Link
                  to="/sign-up"
                  search={{ next: "/pricing" }}
                  aria-label={`${price}, ${pricing.signUpToBuy}`}
                  className={buttonStyles({ className: "mt-4 self-start" })}
                >
                  {price}
                </Link>
              ) : (
                <Button
                  className="mt-4 self-start"
                  busy={pack.credits === going}
                  disabled={going !== null}
                  aria-label={`${plans.buyPack({ price })}, ${plans.packCredits({ count })}`}
                  onClick={() => buy.mutate({ credits: pack.credits })}
                >
                  {plans.buyPack({ price })}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {buy.isError && <ErrorPanel compact error={buy.error} className="mt-3" />}
    </>
  );
}
