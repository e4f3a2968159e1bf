import { Check, CircleAlert, ImagePlus, RotateCw, X } from "lucide-react";
import { useRef, useState } from "react";
import { characters } from "@/messages/characters";
import { Badge } from "@/ui/Badge";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Bar } from "@/ui/Progress";
import { MOST_PHOTOS, type Photo } from "./use-photos";

interface PhotoPickerProps {
  readonly photos: readonly Photo[];
  readonly onAdd: (files: readonly File[]) => void;
  readonly onRemove: (key: number) => void;
}

export function PhotoPicker({ photos, onAdd, onRemove }: PhotoPickerProps) {
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the extra way; the button inside is the one for keys
    <div
      className={cn(
        "grid grid-cols-2 gap-3 rounded-lg sm:grid-cols-5",
        over && "outline-2 outline-ember outline-dashed outline-offset-4",
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onAdd([...event.dataTransfer.files]);
      }}
    >
      {photos.map((photo, index) => (
        <PhotoTile key={photo.key} photo={photo} number={index + 1} onRemove={() => onRemove(photo.key)} />
      ))}
      {photos.length < MOST_PHOTOS && (
        <button
          type="button"
          onClick={() => picker.current?.click()}
          className="flex aspect-[4/5] flex-col items-center justify-center gap-2 rounded-lg border border-line-strong border-dashed text-center text-fg-2 text-xs transition-colors duration-[120ms] hover:bg-hover hover:text-fg"
        >
          <ImagePlus aria-hidden className="size-6" />
          {over ? characters.dropPhotos : characters.addPhotos}
        </button>
      )}
      <input
        ref={picker}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        multiple
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          onAdd([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </div>
  );
}

interface PhotoTileProps {
  readonly photo: Photo;
  readonly number: number;
  readonly onRemove: () => void;
}

function PhotoTile({ photo, number, onRemove }: PhotoTileProps) {
  const { phase, sent, size, problem } = photo.state;
  const good = photo.verdict === "good";
  return (
    <figure className="relative aspect-[4/5] overflow-hidden rounded-lg bg-canvas ring-line">
      <img src={photo.preview} alt="" className="size-full object-cover" />
      <IconButton
        label={characters.removePhoto({ number })}
        size="sm"
        onClick={onRemove}
        className="absolute top-1.5 right-1.5 bg-[oklch(0.1_0.01_290/0.7)] text-white"
      >
        <X aria-hidden />
      </IconButton>
      <figcaption className="absolute inset-x-1.5 bottom-1.5 flex flex-col items-start gap-1.5">
        {phase === "failed" ? (
          <button
            type="button"
            onClick={photo.upload.start}
            className="flex items-center gap-1 rounded-md bg-[oklch(0.1_0.01_290/0.85)] px-2 py-1 text-2xs text-danger"
            aria-label={characters.retryPhoto({ number })}
          >
            <RotateCw aria-hidden className="size-3" />
            {problem?.title}
          </button>
        ) : (
          photo.verdict && (
            <Badge
              tone={good ? "ok" : "warn"}
              icon={good ? <Check aria-hidden /> : <CircleAlert aria-hidden />}
              className="bg-[oklch(0.1_0.01_290/0.85)]"
            >
              {characters.judged[photo.verdict]}
            </Badge>
          )
        )}
        {phase !== "done" && phase !== "idle" && phase !== "failed" && (
          <Bar value={sent / size} label={characters.sendingPhoto({ number })} className="w-full" />
        )}
      </figcaption>
    </figure>
  );
}
