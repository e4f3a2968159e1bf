import { useInfiniteQuery } from "@tanstack/react-query";
import { ExternalLink, FileDown } from "lucide-react";
import { api, type Schemas } from "@/api/client";
import { formatDate, formatMoney } from "@/i18n/format";
import { billing } from "@/messages/billing";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";

type Invoice = Schemas["Invoice"];

const PAGE = 10;

/** Begins with the path, by which whoever changes a plan has invoices read anew. */
const KEY = ["get", "/api/billing/invoices", "pages"];
const FIRST: string | undefined = undefined;

/** What was billed, the newest first, with the papers. */
export function InvoicesPanel({ currency }: { readonly currency: string }) {
  const list = useInfiniteQuery({
    queryKey: KEY,
    initialPageParam: FIRST,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, before: pageParam };
      const { data } = await api.GET("/api/billing/invoices", { params: { query }, signal });
      return data ?? { invoices: [], next: null };
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const invoices = list.data?.pages.flatMap((page) => page.invoices) ?? [];
  return (
    <Panel title={billing.invoices}>
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel compact error={list.error} onRetry={() => list.refetch()} />}
      {list.data && invoices.length === 0 && <p className="text-fg-2">{billing.invoicesNone}</p>}
      {invoices.length > 0 && (
        <Table
          label={billing.invoices}
          rows={invoices}
          rowKey={(invoice) => invoice.id}
          columns={[
            {
              key: "date",
              head: billing.invoiceDate,
              className: "whitespace-nowrap",
              cell: (invoice) => formatDate(invoice.created_at),
            },
            {
              key: "number",
              head: billing.invoiceNumber,
              className: "whitespace-nowrap text-fg-2",
              cell: (invoice) => invoice.number ?? "–",
            },
            { key: "state", head: billing.invoiceState, cell: (invoice) => <State status={invoice.status} /> },
            {
              key: "total",
              head: billing.invoiceTotal,
              align: "end",
              className: "font-medium",
              cell: (invoice) => formatMoney(invoice.total, invoice.currency ?? currency),
            },
            {
              key: "links",
              head: billing.invoiceLinks,
              headHidden: true,
              align: "end",
              cell: (invoice) => <Papers invoice={invoice} />,
            },
          ]}
        />
      )}
      {list.hasNextPage && (
        <div className="mt-3 flex justify-center">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {billing.moreInvoices}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function State({ status }: { readonly status: string }) {
  const tone = status === "paid" ? "ok" : status === "open" || status === "uncollectible" ? "danger" : "plain";
  const words = billing.invoiceStates;
  return <Badge tone={tone}>{status in words ? words[status as keyof typeof words] : status}</Badge>;
}

const link = "inline-flex min-h-6 items-center gap-1 text-ember underline-offset-4 hover:underline";

function Papers({ invoice }: { readonly invoice: Invoice }) {
  const number = invoice.number ?? formatDate(invoice.created_at);
  return (
    <span className="inline-flex gap-3 text-xs">
      {invoice.hosted_invoice_url && (
        <a
          href={invoice.hosted_invoice_url}
          target="_blank"
          rel="noreferrer"
          aria-label={billing.viewInvoice({ number })}
          className={link}
        >
          <ExternalLink aria-hidden className="size-3.5" />
          {billing.view}
        </a>
      )}
      {invoice.invoice_pdf && (
        <a
          href={invoice.invoice_pdf}
          target="_blank"
          rel="noreferrer"
          aria-label={billing.pdfInvoice({ number })}
          className={link}
        >
          <FileDown aria-hidden className="size-3.5" />
          {billing.pdf}
        </a>
      )}
    </span>
  );
}
