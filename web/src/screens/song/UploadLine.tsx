import { CircleCheck, Pause, Play } from "lucide-react";
import { formatBytes, formatLength } from "@/i18n/format";
import type { ResumableUpload, UploadState } from "@/media/upload";
import { song } from "@/messages/song";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Bar } from "@/ui/Progress";

interface UploadLineProps {
  readonly upload: ResumableUpload;
  readonly state: UploadState;
}

/** How far the file is, how fast it goes, and the button that stops it and lets it go on. */
export function UploadLine({ upload, state }: UploadLineProps) {
  const { phase, sent, size, speed } = state;
  if (phase === "failed") return <ErrorPanel compact error={state.problem} onRetry={upload.start} />;
  const stopped = phase === "paused" || phase === "idle";
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <Bar value={size > 0 ? sent / size : 0} label={song.progress} />
        <p className="tnum mt-1.5 flex flex-wrap gap-x-2 text-fg-3 text-xs">
          {phase === "done" ? (
            <span className="flex items-center gap-1 text-ok">
              <CircleCheck aria-hidden className="size-3.5" />
              {song.uploaded}
            </span>
          ) : (
            <>
              <span>{song.sending({ sent: formatBytes(sent), size: formatBytes(size) })}</span>
              {phase === "sending" && speed > 0 && (
                <>
                  <span>{song.speed({ speed: formatBytes(speed) })}</span>
                  <span>{song.left({ left: formatLength((size - sent) / speed) })}</span>
                </>
              )}
              {phase === "paused" && <span>{song.paused}</span>}
              {phase === "waiting" && <span className="text-warn">{song.waiting}</span>}
            </>
          )}
        </p>
      </div>
      {phase !== "done" && (
        <IconButton label={stopped ? song.resume : song.pauseUpload} onClick={stopped ? upload.start : upload.pause}>
          {stopped ? <Play aria-hidden /> : <Pause aria-hidden />}
        </IconButton>
      )}
    </div>
  );
}
