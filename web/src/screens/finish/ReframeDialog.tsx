import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Crop, ScanFace, Sparkles } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { useOnline } from "@/frame/OfflineBar";
import { common } from "@/messages/common";
import { cost } from "@/messages/cost";
import { finish } from "@/messages/finish";
import { jobsQuery } from "@/studio/making/use-order";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { FilmSet } from "./use-films";

const ASPECTS = ["16:9", "9:16", "1:1"] as const;
const RESOLUTIONS = ["720p", "1080p", "4k"] as const;
const CAPTIONS = ["same", "none", "line", "karaoke"] as const;

interface Shape {
  readonly aspect: (typeof ASPECTS)[number];
  readonly resolution: (typeof RESOLUTIONS)[number];
  readonly captions: (typeof CAPTIONS)[number];
}

/** What people want beside the shape that they have: a tall film for phones, else a wide one. */
function firstShape(film: FilmSet): Shape {
  const { aspect, resolution } = film.film.settings as { aspect?: string; resolution?: string };
  return {
    aspect: aspect === "9:16" ? "16:9" : "9:16",
    resolution: RESOLUTIONS.find((one) => one === resolution) ?? "1080p",
    captions: "same",
  };
}

/** The finished film in another shape: nothing is bought for it, so there is no price to agree to. */
export function ReframeDialog({
  project,
  film,
  onClose,
}: {
  readonly project: string;
  readonly film: FilmSet;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const online = useOnline();
  const [shape, setShape] = useState<Shape>(() => firstShape(film));
  const order = useMutation({
    mutationFn: () => {
      const { aspect, resolution, captions } = shape;
      const body: Schemas["Reframe"] = {
        job_id: film.job,
        aspect,
        resolution,
        ...(captions === "same" ? {} : { captions }),
      };
      return api.POST("/api/projects/{id}/exports", { params: { path: { id: project } }, body });
    },
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: jobsQuery(project).queryKey });
    },
  });
  const set = (change: Partial<Shape>) => {
    order.reset();
    setShape({ ...shape, ...change });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={finish.reframe}
      description={finish.reframeText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            disabled={!online}
            busy={order.isPending}
            icon={<Sparkles aria-hidden className="size-4" />}
            onClick={() => order.mutate()}
          >
            {cost.confirmFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-3">
          <Row label={cost.aspect}>
            <Segmented
              label={cost.aspect}
              value={shape.aspect}
              onChange={(aspect) => set({ aspect })}
              options={ASPECTS.map((value) => ({ value, label: value }))}
            />
          </Row>
          <Row label={finish.size}>
            <Segmented
              label={finish.size}
              value={shape.resolution}
              onChange={(resolution) => set({ resolution })}
              options={RESOLUTIONS.map((value) => ({ value, label: finish.sizes[value] }))}
            />
          </Row>
          <Row label={cost.captions}>
            <Segmented
              label={cost.captions}
              value={shape.captions}
              onChange={(captions) => set({ captions })}
              options={CAPTIONS.map((value) => ({
                value,
                label: value === "same" ? finish.sameCaptions : cost.captionStyles[value],
              }))}
            />
          </Row>
        </div>
        <ul className="flex flex-col gap-1.5 text-fg-3 text-xs [&_svg]:mt-px [&_svg]:size-3.5 [&_svg]:shrink-0">
          <li className="flex items-start gap-2">
            <ScanFace aria-hidden />
            {finish.reframeFocus}
          </li>
          <li className="flex items-start gap-2">
            <Crop aria-hidden />
            {finish.reframeKept}
          </li>
        </ul>
        {!online && <p className="text-warn text-xs">{cost.offline}</p>}
        {order.error && <ErrorPanel compact error={order.error} />}
      </div>
    </Dialog>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
      <span className="font-medium text-sm">{label}</span>
      {children}
    </div>
  );
}
