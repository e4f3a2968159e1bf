import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link2, MailX } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { formatDateTime } from "@/i18n/format";
import { mails as korean } from "@/messages/ko/mails";
import { mails } from "@/messages/mails";
import { Badge } from "@/ui/Badge";
import { Boundary } from "@/ui/Boundary";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { MailBlocks } from "./MailBlocks";

type Mail = Schemas["Listing_MailBody"]["data"][number];
type State = keyof typeof korean.states;

const PAGE = 20;
/** Mails are sent by themselves: one looks at what became of the last ones. */
const LOOK_EVERY = 5_000;
const STATES = Object.keys(korean.states) as State[];
const TONES: Readonly<Record<string, "ok" | "warn" | "danger" | "info" | "plain">> = {
  sent: "ok",
  sending: "info",
  waiting: "warn",
  printed: "warn",
  refused: "danger",
  bounced: "danger",
  complained: "danger",
};

/** Every mail and what became of it, and the addresses that none goes to. */
export function MailsScreen() {
  const [state, setState] = useState<State | "">("");
  const [offset, setOffset] = useState(0);
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/mails", {
      params: { query: { limit: PAGE, offset, state: state || undefined } },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY,
  });
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="font-semibold text-xl">{mails.list}</h1>
          <p className="mt-0.5 text-fg-2 text-sm">{mails.listText}</p>
        </div>
        <Field label={mails.state} className="w-48">
          <Select
            value={state}
            onChange={(event) => {
              setState(event.target.value as State | "");
              setOffset(0);
            }}
          >
            <option value="">{mails.anyState}</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {mails.states[one]}
              </option>
            ))}
          </Select>
        </Field>
      </header>
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && <Empty icon={<MailX />} title={mails.empty} />}
      {list.data && list.data.data.length > 0 && <MailTable rows={list.data.data} />}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
      <Boundary>
        <MailBlocks />
      </Boundary>
    </div>
  );
}

function named(names: object, key: string): string {
  return (names as Readonly<Record<string, string>>)[key] ?? key;
}

function MailTable({ rows }: { readonly rows: readonly Mail[] }) {
  async function copy(link: string) {
    await navigator.clipboard.writeText(link);
    toast(mails.linkCopied, { tone: "ok" });
  }
  return (
    <Table
      label={mails.list}
      rows={rows}
      rowKey={(mail) => mail.id}
      columns={[
        {
          key: "kind",
          head: mails.kind,
          cell: (mail) => (
            <>
              <span className="font-medium">{named(mails.kinds, mail.kind)}</span>
              <span className="block text-fg-3 text-xs">{mail.subject}</span>
            </>
          ),
        },
        { key: "address", head: mails.address, className: "text-fg-2", cell: (mail) => mail.address },
        {
          key: "state",
          head: mails.state,
          cell: (mail) => (
            <>
              <Badge tone={TONES[mail.state] ?? "plain"}>{named(mails.states, mail.state)}</Badge>
              {mail.tries > 1 && <span className="ml-2 text-fg-3 text-xs">{mails.tries({ count: mail.tries })}</span>}
              {mail.detail && <span className="mt-0.5 block max-w-xs text-fg-2 text-xs">{mail.detail}</span>}
            </>
          ),
        },
        {
          key: "when",
          head: mails.when,
          className: "whitespace-nowrap text-fg-2",
          cell: (mail) => formatDateTime(mail.updated_at),
        },
        {
          key: "link",
          head: mails.link,
          headHidden: true,
          align: "end",
          cell: ({ link, address }) =>
            link && (
              <Button
                size="sm"
                tone="quiet"
                icon={<Link2 aria-hidden className="size-3.5" />}
                aria-label={`${mails.link}: ${address}`}
                onClick={() => void copy(link)}
              >
                {mails.link}
              </Button>
            ),
        },
      ]}
    />
  );
}
