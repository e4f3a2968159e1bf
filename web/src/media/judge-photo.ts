// A first look at a photo in the browser, so that a bad one is told at once. Faces are the server's to find.

export type PhotoVerdict = "good" | "small" | "dark" | "bright" | "blurred" | "unreadable";

const SHORTEST_SIDE = 384;
const LOOKED_AT = 256;
const DARK = 0.16;
const BRIGHT = 0.9;
const BLURRED = 0.0009;

/** By its size, light and sharpness. */
export async function judgePhoto(file: Blob): Promise<PhotoVerdict> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return "unreadable";
  const [width, height] = [picture.width, picture.height];
  const scale = LOOKED_AT / Math.max(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  if (Math.min(width, height) < SHORTEST_SIDE) return "small";
  const pixels = context?.getImageData(0, 0, canvas.width, canvas.height);
  return pixels ? judgeLuma(lumaOf(pixels.data), canvas.width) : "good";
}

function lumaOf(pixels: Uint8ClampedArray): Float32Array {
  const luma = new Float32Array(pixels.length / 4);
  for (let index = 0; index < luma.length; index += 1) {
    const at = index * 4;
    luma[index] = (0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0)) / 255;
  }
  return luma;
}

/** Light by the mean, sharpness by the variance of the Laplacian. */
export function judgeLuma(luma: Float32Array, width: number): PhotoVerdict {
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  if (mean < DARK) return "dark";
  if (mean > BRIGHT) return "bright";
  let [sum, squares, count] = [0, 0, 0];
  for (let at = width + 1; at < luma.length - width - 1; at += 1) {
    // The first and last pixels of a row have no neighbour on one side.
    if (at % width === 0 || at % width === width - 1) continue;
    const around = (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - width] ?? 0) + (luma[at + width] ?? 0);
    const edge = around - 4 * (luma[at] ?? 0);
    sum += edge;
    squares += edge * edge;
    count += 1;
  }
  return squares / count - (sum / count) ** 2 < BLURRED ? "blurred" : "good";
}
