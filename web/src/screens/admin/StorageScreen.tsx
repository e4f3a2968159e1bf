import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { formatBytes, formatNumber, formatPercent } from "@/i18n/format";
import { admin } from "@/messages/admin";
import { Boundary } from "@/ui/Boundary";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Pagination } from "@/ui/Pagination";
import { Panel } from "@/ui/Panel";
import { Bar } from "@/ui/Progress";
import { RowsLoading } from "@/ui/RowsLoading";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";

const PAGE = 20;
const NEARLY_FULL = 0.9;

/** What is kept, by kind and by person, how much room is left, and what cleaning would take. */
export function StorageScreen() {
  const storage = useQuery($api.queryOptions("get", "/api/admin/storage"));
  const data = storage.data;
  return (
    <div className="flex flex-col gap-5">
      <h1 className="font-semibold text-xl">{admin.storage}</h1>
      {storage.isPending && <RowsLoading />}
      {storage.isError && <ErrorPanel error={storage.error} onRetry={() => storage.refetch()} />}
      {data && (
        <>
          <Panel title={admin.room} text={data.disk ? admin.onDisk : admin.inBucket}>
            {data.disk && <Disk free={data.disk.free_bytes} total={data.disk.total_bytes} />}
            <p className="tnum mt-3 text-sm">
              {admin.keptInAll({
                size: formatBytes(data.total.bytes),
                count: formatNumber(data.total.objects),
              })}
            </p>
          </Panel>
          <Sweep sweep={data.next_sweep} onSwept={() => storage.refetch()} />
          <Panel title={admin.byKind}>
            <Table
              label={admin.byKind}
              rows={data.kinds}
              rowKey={(row) => row.kind}
              columns={[
                { key: "kind", head: admin.byKind, cell: (row) => kindName(row.kind) },
                { key: "count", head: admin.objects, align: "end", cell: (row) => formatNumber(row.objects) },
                { key: "size", head: admin.size, align: "end", cell: (row) => formatBytes(row.bytes) },
              ]}
            />
          </Panel>
        </>
      )}
      <Boundary>
        <People />
      </Boundary>
    </div>
  );
}

function kindName(kind: string): string {
  if (kind in admin.kinds) return admin.kinds[kind as keyof typeof admin.kinds];
  if (!kind.startsWith("artifacts/")) return kind;
  const step = kind.slice("artifacts/".length);
  return admin.artifacts({ step: step in admin.steps ? admin.steps[step as keyof typeof admin.steps] : step });
}

function Disk({ free, total }: { readonly free: number; readonly total: number }) {
  const used = total > 0 ? (total - free) / total : 0;
  return (
    <>
      <Bar value={used} label={admin.diskUsed({ share: formatPercent(used) })} className="h-2.5" />
      <p className={used > NEARLY_FULL ? "tnum mt-1.5 text-sm text-warn" : "tnum mt-1.5 text-fg-2 text-sm"}>
        {admin.diskFree({ free: formatBytes(free), total: formatBytes(total) })}
      </p>
    </>
  );
}

interface SweepProps {
  readonly sweep: {
    readonly is_whole: boolean;
    readonly orphans: Amount;
    readonly unfinished_uploads: Amount;
    readonly unused_artifacts: Amount;
  };
  readonly onSwept: () => unknown;
}

interface Amount {
  readonly bytes: number;
  readonly objects: number;
}

/** What the next cleaning would take; it comes by itself, and at once when asked. */
function Sweep({ sweep, onSwept }: SweepProps) {
  const [asking, setAsking] = useState(false);
  const clean = useMutation({
    mutationFn: () => api.POST("/api/admin/storage/sweep"),
    onSuccess: () => {
      setAsking(false);
      toast(admin.sweeping, { tone: "ok" });
    },
    onSettled: onSwept,
  });
  const rows = [
    { key: "unused", name: admin.unusedArtifacts, amount: sweep.unused_artifacts },
    { key: "uploads", name: admin.unfinishedUploads, amount: sweep.unfinished_uploads },
    { key: "orphans", name: admin.orphans, amount: sweep.orphans },
  ];
  const bytes = rows.reduce((sum, { amount }) => sum + amount.bytes, 0);
  return (
    <Panel
      title={admin.sweep}
      text={admin.sweepText}
      aside={
        <Button icon={<Sparkles aria-hidden className="size-4" />} onClick={() => setAsking(true)}>
          {admin.sweepNow}
        </Button>
      }
    >
      <Table
        label={admin.sweep}
        rows={rows}
        rowKey={(row) => row.key}
        columns={[
          { key: "name", head: admin.goes, cell: (row) => row.name },
          { key: "count", head: admin.objects, align: "end", cell: (row) => formatNumber(row.amount.objects) },
          { key: "size", head: admin.size, align: "end", cell: (row) => formatBytes(row.amount.bytes) },
        ]}
      />
      {!sweep.is_whole && <p className="mt-2 text-fg-3 text-xs">{admin.sweepPart}</p>}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={admin.sweepTitle({ size: formatBytes(bytes) })}
        description={admin.sweepSafe}
        action={admin.sweepNow}
        busy={clean.isPending}
        onConfirm={() => clean.mutate()}
      >
        {clean.isError && <ErrorPanel compact error={clean.error} className="mt-3" />}
      </Confirm>
    </Panel>
  );
}

function People() {
  const [offset, setOffset] = useState(0);
  const people = useQuery({
    ...$api.queryOptions("get", "/api/admin/storage/people", { params: { query: { limit: PAGE, offset } } }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title={admin.byPerson}>
      {people.isPending && <RowsLoading />}
      {people.isError && <ErrorPanel compact error={people.error} onRetry={() => people.refetch()} />}
      {people.data && (
        <>
          <Table
            label={admin.byPerson}
            rows={people.data.data}
            rowKey={(row) => row.user_id ?? "gone"}
            columns={[
              {
                key: "who",
                head: admin.person,
                cell: (row) => (
                  <>
                    {row.name ?? admin.nobodyNow}
                    {row.email && <span className="block text-fg-3 text-xs">{row.email}</span>}
                  </>
                ),
              },
              { key: "count", head: admin.objects, align: "end", cell: (row) => formatNumber(row.objects) },
              { key: "size", head: admin.size, align: "end", cell: (row) => formatBytes(row.bytes) },
            ]}
          />
          <Pagination offset={offset} limit={PAGE} total={people.data.total} onOffset={setOffset} />
        </>
      )}
    </Panel>
  );
}
