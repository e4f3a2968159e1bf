import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { analysis } from "@/messages/analysis";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Skeleton } from "@/ui/Skeleton";
import { decodeSong, spectrogram } from "./spectrogram";

const COLUMNS = 1200;
const ROWS = 96;

/** The song's pitches over its whole length, under the waveform and as wide. */
export function SpectrogramLayer({ project, address }: { readonly project: string; readonly address: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useQuery({
    // The song of a project stays the same while its address is signed anew.
    queryKey: ["spectrogram", project],
    queryFn: async ({ signal }) => spectrogram(await decodeSong(address, signal), COLUMNS, ROWS),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context && picture.data) paint(context, picture.data);
  }, [picture.data]);
  if (picture.isError)
    return <ErrorPanel compact error={picture.error} onRetry={() => picture.refetch()} className="mt-2" />;
  if (!picture.data) return <Skeleton className="mt-2 h-24 w-full" />;
  return (
    <canvas
      ref={canvas}
      width={COLUMNS}
      height={ROWS}
      role="img"
      aria-label={analysis.spectrogramOf}
      className="mt-2 h-24 w-full rounded-md bg-canvas"
    />
  );
}

/** From the dark of the room through violet to the stage light. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [12, 10, 18],
  [62, 38, 120],
  [190, 70, 130],
  [255, 137, 89],
  [255, 226, 170],
];

function paint(context: CanvasRenderingContext2D, levels: Uint8Array): void {
  const image = context.createImageData(COLUMNS, ROWS);
  for (let column = 0; column < COLUMNS; column += 1) {
    for (let row = 0; row < ROWS; row += 1) {
      const place = ((levels[column * ROWS + row] ?? 0) / 255) * (STOPS.length - 1);
      const stop = Math.min(STOPS.length - 2, Math.floor(place));
      const [one, two] = [STOPS[stop] as readonly number[], STOPS[stop + 1] as readonly number[]];
      const at = ((ROWS - 1 - row) * COLUMNS + column) * 4;
      for (let colour = 0; colour < 3; colour += 1) {
        image.data[at + colour] = (one[colour] ?? 0) + ((two[colour] ?? 0) - (one[colour] ?? 0)) * (place - stop);
      }
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
