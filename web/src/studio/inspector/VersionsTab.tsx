import { Columns2, RotateCcw } from "lucide-react";
import { $api } from "@/api/client";
import { formatDateTime, formatUsd } from "@/i18n/format";
import { cost } from "@/messages/cost";
import { studio } from "@/messages/studio";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { useStudio } from "../context";
import type { Scene, Version } from "../scene";
import { useThumb } from "../use-thumb";

interface VersionsTabProps {
  readonly scene: Scene;
  readonly versions: readonly Version[];
  readonly shown: Version | null;
  readonly onShow: (version: Version | null) => void;
  readonly onCompare: (version: Version) => void;
  readonly onRestore: (version: Version) => void;
}

export function VersionsTab({ scene, versions, shown, onShow, onCompare, onRestore }: VersionsTabProps) {
  if (versions.length === 0) return <p className="py-8 text-center text-fg-3 text-xs">{studio.noVersions}</p>;
  return (
    <ol className="flex flex-col gap-1.5">
      {versions.toReversed().map((version) => (
        <VersionRow
          key={version.id}
          scene={scene}
          version={version}
          newest={versions.find((one) => one.is_current)}
          open={shown?.id === version.id}
          onShow={onShow}
          onCompare={onCompare}
          onRestore={onRestore}
        />
      ))}
    </ol>
  );
}

interface VersionRowProps extends Omit<VersionsTabProps, "versions" | "shown"> {
  readonly version: Version;
  readonly newest: Version | undefined;
  readonly open: boolean;
}

function VersionRow({ scene, version, newest, open, onShow, onCompare, onRestore }: VersionRowProps) {
  const { canEdit } = useStudio();
  const thumb = useThumb(version);
  const source =
    version.source in studio.sources ? studio.sources[version.source as keyof typeof studio.sources] : version.source;
  return (
    <li className={cn("rounded-lg p-2", open ? "bg-raised ring-line" : "hover:bg-raised")}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => onShow(open ? null : version)}
        className="flex w-full items-center gap-3 text-left"
      >
        <span className="relative block aspect-video w-20 shrink-0 overflow-hidden rounded-sm bg-hover">
          {thumb && <img src={thumb} alt="" className="size-full object-cover" />}
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2 font-medium text-sm">
            {studio.versionName({ number: version.number })}
            {version.is_current && <Badge tone="ember">{studio.now}</Badge>}
          </span>
          <span className="tnum block truncate text-2xs text-fg-3">
            {[
              source,
              version.model === "animatic" ? cost.builtIn : version.model,
              version.cost_usd > 0 ? formatUsd(version.cost_usd) : null,
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          <span className="tnum block text-2xs text-fg-3">{formatDateTime(version.created_at)}</span>
        </span>
      </button>
      {open && !version.is_current && (
        <div className="mt-2 flex flex-col gap-2">
          {newest && <Differences scene={scene} from={version} to={newest} />}
          <div className="flex gap-1.5">
            <Button size="sm" icon={<Columns2 aria-hidden className="size-3.5" />} onClick={() => onCompare(version)}>
              {studio.compare}
            </Button>
            {canEdit && (
              <Button
                size="sm"
                icon={<RotateCcw aria-hidden className="size-3.5" />}
                onClick={() => onRestore(version)}
              >
                {studio.restore}
              </Button>
            )}
          </div>
        </div>
      )}
    </li>
  );
}

function Differences({ scene, from, to }: { readonly scene: Scene; readonly from: Version; readonly to: Version }) {
  const { data } = $api.useQuery("get", "/api/scenes/{id}/versions/compare", {
    params: { path: { id: scene.id }, query: { a: from.id, b: to.id } },
  });
  if (!data || data.differences.length === 0) return null;
  const names = data.differences.map((name) =>
    name in studio.changed ? studio.changed[name as keyof typeof studio.changed] : name,
  );
  return (
    <p className="text-2xs text-fg-2">
      <span className="text-fg-3">{studio.differs}</span> {names.join(", ")}
    </p>
  );
}
