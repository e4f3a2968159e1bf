import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { serviceName } from "@/api/services";
import { formatDateTime, formatUsd } from "@/i18n/format";
import { usage } from "@/messages/usage";
import { Button } from "@/ui/Button";
import { type Column, Table } from "@/ui/Table";
import { CallDetails } from "./CallDetails";
import { CallState } from "./CallState";
import { type Call, callName, capabilityName, fundingName } from "./call";

interface CallTableProps {
  readonly label: string;
  readonly calls: readonly Call[];
  /** Projects of others cannot be opened. */
  readonly withProjects?: boolean;
}

export function CallTable({ label, calls, withProjects = false }: CallTableProps) {
  const [shown, setShown] = useState<Call | null>(null);
  return (
    <>
      <Table label={label} columns={columns(withProjects, setShown)} rows={calls} rowKey={(call) => call.id} />
      {shown && <CallDetails call={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function columns(withProjects: boolean, onDetails: (call: Call) => void): readonly Column<Call>[] {
  const project: Column<Call> = {
    key: "project",
    head: usage.project,
    cell: (call) =>
      call.project_id && (
        <Link
          to="/p/$id"
          params={{ id: call.project_id }}
          className="whitespace-nowrap text-ember underline-offset-4 hover:underline"
        >
          {usage.open}
        </Link>
      ),
  };
  return [
    {
      key: "when",
      head: usage.when,
      className: "whitespace-nowrap text-fg-2",
      cell: (call) => <time dateTime={call.created_at}>{formatDateTime(call.created_at)}</time>,
    },
    { key: "what", head: usage.what, className: "whitespace-nowrap font-medium", cell: capabilityName },
    {
      key: "service",
      head: usage.service,
      className: "whitespace-nowrap",
      cell: (call) => (
        <>
          {serviceName(call.provider)}
          <span className="block text-fg-3 text-xs">{call.model}</span>
        </>
      ),
    },
    { key: "payer", head: usage.payer, className: "whitespace-nowrap text-fg-2", cell: fundingName },
    { key: "state", head: usage.state, cell: (call) => <CallState state={call.state} /> },
    { key: "cost", head: usage.cost, align: "end", cell: (call) => <Cost call={call} /> },
    ...(withProjects ? [project] : []),
    {
      key: "details",
      head: usage.details,
      headHidden: true,
      align: "end",
      cell: (call) => (
        <Button
          size="sm"
          tone="quiet"
          aria-label={`${usage.details}: ${callName(call)}`}
          onClick={() => onDetails(call)}
        >
          {usage.details}
        </Button>
      ),
    },
  ];
}

function Cost({ call }: { readonly call: Call }) {
  if (typeof call.cost_usd === "number") return formatUsd(call.cost_usd);
  return <span className="text-fg-3">{usage.estimated({ cost: formatUsd(call.estimate_usd) })}</span>;
}
