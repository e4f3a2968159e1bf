import { useMutation } from "@tanstack/react-query";
import { Magnet } from "lucide-react";
import { useState } from "react";
import { $api, api, ifMatch } from "@/api/client";
import { Bill } from "@/buying/Bill";
import { whileSaving } from "@/frame/TopBar";
import { analysis } from "@/messages/analysis";
import { common } from "@/messages/common";
import type { ProjectView } from "@/project/project";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";

interface SnapDialogProps {
  readonly project: ProjectView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Moving the storyboard's cuts onto the beats as they are now: how many move, and what it costs to make them anew. */
export function SnapDialog({ project, onClose, onDone }: SnapDialogProps) {
  const [to, setTo] = useState<"bar" | "beat">("bar");
  const path = { id: project.id };
  const effect = $api.useQuery(
    "post",
    "/api/projects/{id}/storyboard/snap/effect",
    { params: { path }, body: { to } },
    { staleTime: 0, gcTime: 0, retry: false },
  );
  const snap = useMutation({
    mutationFn: () =>
      whileSaving(
        api.POST("/api/projects/{id}/storyboard/snap", {
          params: { path, header: { "If-Match": ifMatch(project.version) } },
          body: { to },
        }),
      ),
    onSuccess: ({ data }) => {
      toast(analysis.snapped({ count: data?.moved ?? 0 }), { tone: "ok" });
      onClose();
    },
    onSettled: onDone,
  });
  const stale = effect.data?.effect.stale.length ?? 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={analysis.snapAll}
      description={analysis.snapText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            icon={<Magnet aria-hidden className="size-4" />}
            disabled={!effect.isSuccess || effect.data.moved === 0}
            busy={snap.isPending}
            onClick={() => snap.mutate()}
          >
            {analysis.snapCount({ count: effect.data?.moved ?? 0 })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Segmented
          label={analysis.snapTo}
          value={to}
          onChange={setTo}
          className="self-start"
          options={[
            { value: "bar", label: analysis.snapBar },
            { value: "beat", label: analysis.snapBeat },
          ]}
        />
        {effect.isError && <ErrorPanel compact error={effect.error} onRetry={() => effect.refetch()} />}
        {effect.data && (
          <p className="text-fg-2 text-sm">
            {stale > 0 ? analysis.snapStale({ count: stale }) : analysis.snapNothingStale}
          </p>
        )}
        {effect.data && stale > 0 && <Bill total={effect.data.effect.total_usd} />}
        {snap.isError && <ErrorPanel compact error={snap.error} />}
      </div>
    </Dialog>
  );
}
