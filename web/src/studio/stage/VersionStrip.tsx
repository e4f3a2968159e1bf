import { Columns2, History, RotateCcw, WandSparkles } from "lucide-react";
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
    <div className="flex h-14 shrink-0 items-center gap-2.5 overflow-x-auto px-1">
      <span className="flex shrink-0 items-center gap-1.5 text-fg-2 text-xs">
        <History aria-hidden className="size-4" />
        {studio.versions}
      </span>
      {versions.length === 0 && <span className="truncate text-fg-3 text-xs">{studio.noVersions}</span>}
      <div className="flex gap-1.5">
        {versions.map((version) => (
          <VersionThumb
            key={version.id}
            version={version}
            shown={shown ? shown.id === version.id : version.is_current}
            onShow={onShow}
          />
        ))}
      </div>
      {subject && (
        <Button
          tone={comparing ? "plain" : "quiet"}
          aria-pressed={comparing}
          icon={<Columns2 aria-hidden className="size-4" />}
          onClick={() => onCompare(!comparing)}
        >
          {comparing ? studio.compareEnd : studio.compare}
        </Button>
      )}
      {comparing && (
        <Segmented
          label={studio.compareLook}
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
        >
          {studio.editStill}
        </Button>
      )}
      <span className="tnum ml-auto shrink-0 whitespace-nowrap pl-3 text-fg-3 text-xs max-[1500px]:hidden">
        {[scene.video_resolution?.replace("x", "×"), shown ? formatAgo(shown.created_at) : formatAgo(scene.updated_at)]
          .filter(Boolean)
          .join(" · ")}
      </span>
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
      className="relative h-11 w-[74px] shrink-0 overflow-hidden rounded-md bg-raised ring-line"
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
