import type { Budget } from "@/engine/price";
import { formatUsd } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";

/** Spent, and what is about to be, of what may be. Without a budget there is nothing to fill. */
export function BudgetBar({ budget, className }: { readonly budget: Budget; readonly className?: string }) {
  const { spent, after, limit } = budget;
  const whole = Math.max(limit ?? 0, after, 1e-9);
  const share = (value: number) => `${Math.min(100, (value / whole) * 100)}%`;
  const words =
    limit === null
      ? studio.spent({ spent: formatUsd(spent) })
      : studio.spentOf({ spent: formatUsd(spent), budget: formatUsd(limit) });
  return (
    <div
      role="img"
      aria-label={`${studio.budget}: ${words}`}
      className={cn("flex h-1.5 gap-px overflow-hidden rounded-full bg-pressed", className)}
    >
      {limit !== null && (
        <>
          <span className="h-full bg-fg-2" style={{ width: share(spent) }} />
          <span
            className={cn("h-full", budget.missing > 0 ? "bg-danger" : "bg-ember")}
            style={{ width: share(after - spent) }}
          />
        </>
      )}
    </div>
  );
}
