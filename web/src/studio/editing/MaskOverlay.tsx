import { type PointerEvent, useEffect, useRef } from "react";

interface MaskOverlayProps {
  /** Of the picture, in pixels: a mask is of its shape. */
  readonly width: number;
  readonly height: number;
  /** Of the picture's width. */
  readonly brush: number;
  /** Anything else clears what was painted. */
  readonly sheet: number;
  /** What was painted before. */
  readonly mask: Blob | null;
  readonly onPainted: (mask: Blob | null) => void;
}

/** Drawn over the picture: paint over what may change. Everything else stays as it is, pixel by pixel. */
export function MaskOverlay({ width, height, brush, sheet, mask, onPainted }: MaskOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly [number, number] | null>(null);
  const before = useRef(mask);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another sheet is an empty one
  useEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    context?.clearRect(0, 0, width, height);
    if (context && before.current) void unfold(before.current, context);
    before.current = null;
  }, [sheet]);

  const place = (event: PointerEvent<HTMLCanvasElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };
  const stroke = (to: readonly [number, number]) => {
    const context = canvas.current?.getContext("2d");
    if (!context || !last.current) return;
    context.strokeStyle = "white";
    context.lineWidth = brush * width;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...last.current);
    context.lineTo(...to);
    context.stroke();
    last.current = to;
  };
  const finish = () => {
    if (!last.current) return;
    last.current = null;
    if (canvas.current) void onBlack(canvas.current).then(onPainted);
  };
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className="absolute inset-0 size-full cursor-crosshair touch-none opacity-60"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = place(event);
        stroke(place(event));
      }}
      onPointerMove={(event) => last.current && stroke(place(event))}
      onPointerUp={finish}
      onPointerCancel={finish}
    />
  );
}

/** Brings back what was painted: black is where nothing was. */
async function unfold(mask: Blob, context: CanvasRenderingContext2D): Promise<void> {
  const picture = await createImageBitmap(mask);
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, picture.width, picture.height);
  for (let at = 0; at < pixels.data.length; at += 4) pixels.data[at + 3] = pixels.data[at] ?? 0;
  context.putImageData(pixels, 0, 0);
}

/** What was painted, white, on black. */
function onBlack(painted: HTMLCanvasElement): Promise<Blob | null> {
  const sheet = document.createElement("canvas");
  sheet.width = painted.width;
  sheet.height = painted.height;
  const context = sheet.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.fillStyle = "black";
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(painted, 0, 0);
  return new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
}
