import { Columns2, History, RotateCcw, WandSparkles } from "lucide-react";
import { useEffect, useRef } from "react";
import { formatAgo } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { cn } from "@/ui/cn";
import { useStudio, useView } from "../context";
import { type Scene, stateOf, type Version } from "../scene";
import { useThumb } from "../use-thumb";

interface VersionStripProps {
  readonly scene: Scene;
  readonly versions: readonly Version[];
  readonly shown: Version | null;
  readonly comparing: boolean;
  readonly onShow: (version: Version | null) => void;
  readonly onCompare: (on: boolean) => void;
  readonly onRestore: (version: Version) => void;
  readonly onEdit: () => void;
  readonly restoring: boolean;
}

/** v1 … vn under the stage, and what can be done with them. */
export function VersionStrip({
  scene,
  versions,
  shown,
  comparing,
  onShow,
  onCompare,
  onRestore,
  onEdit,
  restoring,
}: VersionStripProps) {
  const { session, canEdit } = useStudio();
  const look = useView((view) => view.compareLook);
  const fallback = versions.findLast((version) => !version.is_current) ?? null;
  const subject = shown && !shown.is_current ? shown : fallback;
  return (
    <div className="flex h-14 shrink-0 items-center gap-2.5 max-sm:overflow-x-auto">
      <span className="flex shrink-0 items-center gap-1.5 text-fg-2 text-xs">
        <History aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{studio.versions}</span>
      </span>
      {versions.length === 0 && <span className="truncate text-fg-3 text-xs">{studio.noVersions}</span>}
      {versions.length > 0 && <Thumbs versions={versions} shown={shown} onShow={onShow} />}
      {subject && (
        <Button
          tone={comparing ? "plain" : "quiet"}
          aria-pressed={comparing}
          icon={<Columns2 aria-hidden className="size-4" />}
          onClick={() => onCompare(!comparing)}
          className={ACTION}
        >
          {comparing ? studio.compareEnd : studio.compare}
        </Button>
      )}
      {comparing && (
        <Segmented
          label={studio.compareLook}
          className="shrink-0"
          value={look}
          onChange={(compareLook) => session.view.setState({ compareLook })}
          options={[
            { value: "wipe", label: studio.wipe },
            { value: "side", label: studio.side },
            { value: "flicker", label: studio.flicker },
          ]}
        />
      )}
      {canEdit && shown && !shown.is_current && (
        <Button
          tone="quiet"
          busy={restoring}
          icon={<RotateCcw aria-hidden className="size-4" />}
          onClick={() => onRestore(shown)}
          className={ACTION}
        >
          {studio.restore}
        </Button>
      )}
      {canEdit && scene.image_url && !shown && !comparing && (
        <Button
          tone="quiet"
          disabled={scene.locked || stateOf(scene) === "working"}
          icon={<WandSparkles aria-hidden className="size-4" />}
          onClick={onEdit}
          className={ACTION}
        >
          {studio.editStill}
        </Button>
      )}
      {!comparing && (
        <span className="tnum ml-auto shrink-0 whitespace-nowrap pl-1 text-fg-3 text-xs max-[1500px]:hidden">
          {[
            scene.video_resolution?.replace("x", "×"),
            shown ? formatAgo(shown.created_at) : formatAgo(scene.updated_at),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      )}
    </div>
  );
}

/** Small beside the pictures: they are what one looks for here. */
const ACTION = "shrink-0 px-2 text-xs";

/** They scroll by themselves, so that what can be done with them stays in sight, however many there are. */
function Thumbs({ versions, shown, onShow }: Pick<VersionStripProps, "versions" | "shown" | "onShow">) {
  const row = useRef<HTMLDivElement>(null);
  const at = versions.findIndex((version) => (shown ? version.id === shown.id : version.is_current));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a version that is added moves the one that is shown
  useEffect(() => {
    const thumb = row.current?.children[at];
    if (!row.current || !(thumb instanceof HTMLElement)) return;
    const past = thumb.offsetLeft + thumb.offsetWidth - (row.current.scrollLeft + row.current.clientWidth);
    if (past > 0) row.current.scrollLeft += past;
    else if (thumb.offsetLeft < row.current.scrollLeft) row.current.scrollLeft = thumb.offsetLeft;
  }, [at, versions.length]);
  return (
    <div ref={row} className="relative flex min-w-[80px] gap-1.5 overflow-x-auto [scrollbar-width:none]">
      {versions.map((version, index) => (
        <VersionThumb key={version.id} version={version} shown={index === at} onShow={onShow} />
      ))}
    </div>
  );
}

function VersionThumb({
  version,
  shown,
  onShow,
}: {
  readonly version: Version;
  readonly shown: boolean;
  readonly onShow: (version: Version) => void;
}) {
  const thumb = useThumb(version);
  return (
    <button
      type="button"
      aria-label={studio.openVersion({ number: version.number })}
      aria-pressed={shown}
      onClick={() => onShow(version)}
      className={cn(
        "relative h-11 w-[78px] shrink-0 overflow-hidden rounded-md bg-raised ring-line -outline-offset-2",
        !thumb && "mv-hatch",
      )}
    >
      {thumb && (
        <img src={thumb} alt="" className={cn("absolute inset-0 size-full object-cover", !shown && "opacity-70")} />
      )}
      {shown && (
        <span aria-hidden className="absolute inset-0 rounded-md shadow-[inset_0_0_0_2px_var(--color-ember)]" />
      )}
      <span
        className={cn(
          "tnum absolute bottom-1 left-1 rounded-[4px] px-1 font-semibold text-2xs",
          version.is_current ? "bg-ember text-on-ember" : "bg-black/80 text-white",
        )}
      >
        {studio.versionName({ number: version.number })}
      </span>
    </button>
  );
}
