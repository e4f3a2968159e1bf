import { Link } from "@tanstack/react-router";
import { Download, Share2, Sparkles } from "lucide-react";
import { lazy, Suspense } from "react";
import { isFinal } from "@/api/live-link";
import { TopBarActions } from "@/frame/TopBar";
import { making } from "@/messages/making";
import { useScenes, useStudio } from "@/studio/context";
import type { Running } from "@/studio/making/use-order";
import { stateOf } from "@/studio/scene";
import { Button } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";

// Nothing of it is needed before the orders of the project are known.
const RunPill = lazy(() => import("@/studio/making/RunPill").then((module) => ({ default: module.RunPill })));

interface StudioTopBarProps {
  readonly run: Running | null;
  readonly onMake: () => void;
}

const place =
  "flex size-8 items-center justify-center rounded-md text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg max-sm:hidden [&_svg]:size-4";

/** The studio's part of the top bar: how far the order is, where the film is, and making it. */
export function StudioTopBar({ run, onMake }: StudioTopBarProps) {
  const { project, canEdit } = useStudio();
  const scenes = useScenes();
  const rest = scenes.filter((scene) => stateOf(scene) !== "ready").length;
  const running = run !== null && !isFinal(run.status) && run.job.job_type !== "single_scene";
  const filmed = project.final_video_url != null;
  const words = rest === 0 ? making.again : rest === scenes.length ? making.make : making.makeRest({ count: rest });
  return (
    <TopBarActions>
      <Suspense>{run && <RunPill run={run} />}</Suspense>
      {filmed && (
        <>
          <Tooltip text={making.share}>
            <Link
              to={"/p/$id/finish" as "/p/$id"}
              params={{ id: project.id }}
              hash="share"
              aria-label={making.share}
              className={place}
            >
              <Share2 aria-hidden />
            </Link>
          </Tooltip>
          <Tooltip text={making.download}>
            <Link
              to={"/p/$id/finish" as "/p/$id"}
              params={{ id: project.id }}
              hash="exports"
              aria-label={making.download}
              className={place}
            >
              <Download aria-hidden />
            </Link>
          </Tooltip>
        </>
      )}
      {canEdit && (
        <Button
          tone={rest === 0 ? "plain" : "main"}
          disabled={running}
          icon={<Sparkles aria-hidden className="size-4" />}
          onClick={onMake}
          className="h-9 rounded-lg px-3.5"
        >
          {words}
        </Button>
      )}
    </TopBarActions>
  );
}
