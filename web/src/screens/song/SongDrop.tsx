import { AudioLines, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { song } from "@/messages/song";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";

interface SongDropProps {
  readonly onFile: (file: File) => void;
  readonly className?: string;
}

const SONG_TYPES = "audio/*,.mp3,.wav,.flac,.aac,.m4a,.ogg,.oga";

/** Takes a song by drop or choice. */
export function SongDrop({ onFile, className }: SongDropProps) {
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the extra way; the button inside is the one for keys
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={drop}
      className={cn(
        "relative flex flex-col items-center gap-3 rounded-xl border border-line-strong border-dashed bg-panel px-6 py-14 text-center transition-colors duration-[120ms]",
        over && "border-ember bg-ember-soft",
        className,
      )}
    >
      <span aria-hidden className="flex size-14 items-center justify-center rounded-xl bg-ember-soft text-ember">
        {over ? <Upload className="size-7" /> : <AudioLines className="size-7" />}
      </span>
      <p className="font-semibold text-lg">{over ? song.drop : song.dropTitle}</p>
      <p className="text-fg-2">{song.dropHint}</p>
      <input
        ref={picker}
        type="file"
        accept={SONG_TYPES}
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          event.target.value = "";
        }}
      />
      <Button tone="main" size="lg" className="mt-1" onClick={() => picker.current?.click()}>
        {song.pick}
      </Button>
      <p className="text-fg-3 text-xs">{song.privacy}</p>
    </div>
  );
}
