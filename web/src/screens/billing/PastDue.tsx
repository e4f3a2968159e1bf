import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { $api } from "@/api/client";
import { planName } from "@/api/shortage";
import { usePortal } from "@/billing/checkout";
import type { Subscribed } from "@/billing/offers";
import { formatDate } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { Button, buttonStyles } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";

const NEWEST = 20;

/** A payment failed: until when the plan stays, and the ways to pay after all. */
export function PastDue({ subscription }: { readonly subscription: Subscribed }) {
  const portal = usePortal();
  const invoices = useQuery(
    $api.queryOptions("get", "/api/billing/invoices", { params: { query: { limit: NEWEST } } }),
  );
  const open = invoices.data?.invoices.find((invoice) => invoice.status === "open")?.hosted_invoice_url;
  const kept = subscription.paid_plan === subscription.plan ? subscription.grace_ends_at : null;
  return (
    <section
      role="alert"
      className="flex items-start gap-3 rounded-xl bg-danger/10 p-4 shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--color-danger)_32%,transparent)] sm:p-5"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold text-base">{billing.pastDueTitle}</h2>
        <p className="mt-0.5 text-fg-2 text-sm">
          {kept
            ? billing.pastDueText({ date: formatDate(kept), plan: planName(subscription.plan) })
            : billing.pastDueSoon}
        </p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button tone="main" busy={portal.isPending || portal.isSuccess} onClick={() => portal.mutate(undefined)}>
            {billing.payNow}
          </Button>
          {open && (
            <a href={open} target="_blank" rel="noreferrer" className={buttonStyles()}>
              {billing.openInvoice}
            </a>
          )}
        </div>
        {portal.isError && <ErrorPanel compact error={portal.error} className="mt-3" />}
      </div>
    </section>
  );
}
