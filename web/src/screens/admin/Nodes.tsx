import { useMutation, useQuery } from "@tanstack/react-query";
import { $api, api } from "@/api/client";
import { formatAgo, formatNumber } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Table } from "@/ui/Table";
import { className } from "./class-name";

const LOOK_EVERY = 5_000;

/** The processes that take jobs: what each has in hand, and having one take no more before it is stopped. */
export function Nodes() {
  const nodes = useQuery({ ...$api.queryOptions("get", "/api/admin/nodes"), refetchInterval: LOOK_EVERY });
  const hold = useMutation({
    mutationFn: ({ id, on }: { id: string; on: boolean }) => {
      const params = { path: { id } };
      return on
        ? api.POST("/api/admin/nodes/{id}/drain", { params })
        : api.POST("/api/admin/nodes/{id}/resume", { params });
    },
    onSettled: () => nodes.refetch(),
  });
  return (
    <Panel title={admin.nodes} text={admin.nodesText}>
      {(nodes.isError || hold.isError) && (
        <ErrorPanel compact error={hold.error ?? nodes.error} onRetry={() => nodes.refetch()} />
      )}
      {nodes.data && (
        <Table
          label={admin.nodes}
          rows={nodes.data.data}
          rowKey={(node) => node.id}
          columns={[
            {
              key: "name",
              head: admin.node,
              cell: (node) => (
                <>
                  <span className="font-medium">{node.name}</span>
                  <span className="block text-fg-3 text-xs">{node.classes.map(className).join(" · ")}</span>
                </>
              ),
            },
            {
              key: "state",
              head: admin.state,
              cell: (node) =>
                !node.is_alive ? (
                  <Badge tone="danger">{admin.silent({ ago: formatAgo(node.seen_at) })}</Badge>
                ) : node.draining_at ? (
                  <Badge tone="warn">{admin.draining}</Badge>
                ) : (
                  <Badge tone="ok">{admin.working}</Badge>
                ),
            },
            { key: "hand", head: admin.inHand, align: "end", cell: (node) => formatNumber(node.in_hand) },
            {
              key: "does",
              head: admin.details,
              headHidden: true,
              align: "end",
              cell: (node) => (
                <Button
                  size="sm"
                  tone="quiet"
                  aria-label={`${node.draining_at ? admin.takeAgain : admin.drain}: ${node.name}`}
                  disabled={!node.is_alive || hold.isPending}
                  onClick={() => hold.mutate({ id: node.id, on: !node.draining_at })}
                >
                  {node.draining_at ? admin.takeAgain : admin.drain}
                </Button>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
