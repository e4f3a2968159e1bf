// The guide's and the README's pictures, taken anew by `STUDIO_GUIDE=1 npm run e2e first-film`: a film is made on the real
// server, and each step is looked at in both languages.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../docs/pictures/guide/", import.meta.url));
const WIDE = 960;

/** Keeps a picture of the page, small enough to lie in the repository. */
export async function picture(page, name) {
  if (!process.env.STUDIO_GUIDE) return;
  await mkdir(folder, { recursive: true });
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  const data = await page.evaluate(
    async ([base64, wide]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const shown = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(wide, Math.round((shown.height / shown.width) * wide));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(shown, 0, 0, canvas.width, canvas.height);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
      const made = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(made, (byte) => String.fromCharCode(byte)).join(""));
    },
    [png.toString("base64"), WIDE],
  );
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, "base64"));
}
