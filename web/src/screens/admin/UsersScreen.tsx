import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Ban, CircleCheck, Clock, Users } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { $api, type Schemas } from "@/api/client";
import { formatAgo, formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Input } from "@/ui/Input";
import { Pagination } from "@/ui/Pagination";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { PersonDialog } from "./PersonDialog";
import { planName, roleName } from "./person";

type Person = Schemas["PersonBody"];

const PAGE = 25;

export function UsersScreen() {
  const [offset, setOffset] = useState(0);
  const [words, setWords] = useState("");
  const [shown, setShown] = useState<string | null>(null);
  const q = useDeferredValue(words.trim());
  const list = useQuery({
    ...$api.queryOptions("get", "/api/admin/users", { params: { query: { limit: PAGE, offset, q: q || undefined } } }),
    placeholderData: keepPreviousData,
  });
  const people = list.data?.data ?? [];
  const person = people.find((one) => one.id === shown);
  return (
    <div className="flex flex-col gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="grow whitespace-nowrap font-semibold text-xl">{admin.users}</h1>
        <Input
          type="search"
          aria-label={admin.search}
          placeholder={admin.search}
          className="w-72 max-w-full"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setOffset(0);
          }}
        />
      </header>
      {list.isPending && <RowsLoading />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.total === 0 && <Empty icon={<Users />} title={admin.usersEmpty} />}
      {people.length > 0 && (
        <Table
          label={admin.users}
          rows={people}
          rowKey={(one) => one.id}
          columns={[
            {
              key: "person",
              head: admin.person,
              cell: (one) => (
                <>
                  <span className="block font-medium">{one.name ?? one.email}</span>
                  <span className="block text-fg-3 text-xs">{one.email}</span>
                </>
              ),
            },
            {
              key: "plan",
              head: admin.plan,
              className: "whitespace-nowrap",
              cell: (one) => planName(one.subscription_plan),
            },
            { key: "role", head: admin.role, className: "whitespace-nowrap", cell: (one) => roleName(one.role) },
            { key: "credits", head: admin.credits, align: "end", cell: (one) => formatNumber(one.credits_remaining) },
            {
              key: "login",
              head: admin.lastLogin,
              className: "whitespace-nowrap text-fg-2",
              cell: (one) => (one.last_login_at ? formatAgo(one.last_login_at) : admin.never),
            },
            { key: "standing", head: admin.standing, cell: (one) => <Standing person={one} /> },
            {
              key: "edit",
              head: admin.edit,
              headHidden: true,
              align: "end",
              cell: (one) => (
                <Button size="sm" aria-label={`${admin.edit}: ${one.email}`} onClick={() => setShown(one.id)}>
                  {admin.edit}
                </Button>
              ),
            },
          ]}
        />
      )}
      {list.data && <Pagination offset={offset} limit={PAGE} total={list.data.total} onOffset={setOffset} />}
      {person && <PersonDialog person={person} onClose={() => setShown(null)} onChanged={() => list.refetch()} />}
    </div>
  );
}

function Standing({ person }: { readonly person: Person }) {
  if (person.suspended) {
    return (
      <Badge tone="danger" icon={<Ban aria-hidden />}>
        {admin.suspended}
      </Badge>
    );
  }
  if (person.deleted_at) {
    return (
      <Badge tone="warn" icon={<Clock aria-hidden />}>
        {admin.leaving}
      </Badge>
    );
  }
  return (
    <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
      {admin.good}
    </Badge>
  );
}
