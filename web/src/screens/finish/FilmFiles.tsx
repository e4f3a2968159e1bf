import { Captions, Crop, FileJson, FileText, Film, Image as ImageIcon, RectangleHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import { formatBytes, formatDateTime } from "@/i18n/format";
import { common } from "@/messages/common";
import { finish } from "@/messages/finish";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { DownloadRow } from "./DownloadRow";
import { PackageRows } from "./PackageRows";
import { ReframeRows } from "./ReframeRows";
import { type FilmFile, type FilmSet, type FilmsQuery, fileOfKind } from "./use-films";

interface FilmFilesProps {
  readonly films: readonly FilmSet[];
  readonly query: FilmsQuery;
  readonly project: string;
  /** How many scenes have a still. */
  readonly stills: number;
  readonly canEdit: boolean;
  readonly onAnother: () => void;
}

/** In the order in which a person wants them. */
const KINDS = ["film", "poster", "srt", "vtt", "plan", "report_page"] as const;
type Kind = (typeof KINDS)[number];

const ICONS: Readonly<Record<Kind, ReactNode>> = {
  film: <Film aria-hidden />,
  poster: <ImageIcon aria-hidden />,
  srt: <Captions aria-hidden />,
  vtt: <Captions aria-hidden />,
  plan: <FileJson aria-hidden />,
  report_page: <FileText aria-hidden />,
};

export function FilmFiles({ films, query, project, stills, canEdit, onAnother }: FilmFilesProps) {
  const [all, setAll] = useState(false);
  const [newest, ...older] = films;
  return (
    <section id="exports" aria-labelledby="exports-title" className="scroll-mt-4 rounded-xl bg-panel p-5 ring-line">
      <h2 id="exports-title" className="mb-3 font-semibold text-base">
        {finish.exports}
      </h2>
      {query.isError && <ErrorPanel compact error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && (
        <Loading>
          <Skeleton className="h-48 w-full" />
        </Loading>
      )}
      {newest && (
        <ul className="flex flex-col gap-1">
          {KINDS.map((kind) => {
            const file = fileOfKind(newest, kind);
            return file && <FileRow key={kind} file={file} kind={kind} />;
          })}
          {newest.shapes.map((file) => (
            <FileRow key={file.id} file={file} kind="film" />
          ))}
          <PackageRows project={project} stills={stills} />
        </ul>
      )}
      <ReframeRows project={project} canEdit={canEdit} />
      {canEdit && newest && (
        <Button size="lg" className="mt-3 w-full" icon={<Crop aria-hidden className="size-4" />} onClick={onAnother}>
          {finish.another}
        </Button>
      )}
      {older.length > 0 && (
        <div className="mt-4">
          <h3 className="mb-1 text-fg-3 text-xs">{finish.older}</h3>
          <ul className="flex flex-col gap-1">
            {(all ? older : older.slice(0, 3)).map((set) => (
              <FileRow key={set.job} file={set.film} kind="film" dated />
            ))}
          </ul>
          {older.length > 3 && !all && (
            <Button tone="quiet" size="sm" className="mt-1" onClick={() => setAll(true)}>
              {common.more}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function FileRow({
  file,
  kind,
  dated = false,
}: {
  readonly file: FilmFile;
  readonly kind: Kind;
  readonly dated?: boolean;
}) {
  const settings = file.settings as { resolution?: string; aspect?: string; fps?: number };
  const made =
    kind === "film"
      ? [settings.aspect, settings.resolution, settings.fps ? finish.fps({ value: settings.fps }) : null]
      : [];
  const name = dated ? formatDateTime(file.created_at) : finish.kinds[kind];
  return (
    <DownloadRow
      href={file.download_url}
      icon={dated ? <RectangleHorizontal aria-hidden /> : ICONS[kind]}
      name={name}
      detail={[...made, formatBytes(file.size_bytes)].filter(Boolean).join(" · ")}
    />
  );
}
