// How key screens look, in both languages and in two widths, beside how they were last agreed on. The answers are recorded,
// the day is fixed and nothing moves. `STUDIO_ACCEPT=1 npm run e2e looks` takes what is there now.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { base, open } from "./browser.mjs";
import { answer, NOW, work } from "./recorded.mjs";

const folder = fileURLToPath(new URL("looks/", import.meta.url));
const WIDTHS = [1280, 390];
/** Kept this small: what matters is where things are, not the last pixel of a letter. */
const KEPT = { 1280: 480, 390: 195 };
/** A pixel differs by more than this of 255; so many of all may. */
const NOTICED = 40;
const TOLERATED = 0.002;

const { project } = work();
const SCREENS = [
  { name: "landing", path: "/", guest: true },
  { name: "sign-in", path: "/sign-in", guest: true },
  { name: "terms", path: "/legal/terms" },
  { name: "pricing", path: "/pricing", guest: true },
  { name: "billing", path: "/billing" },
  { name: "home", path: "/home" },
  { name: "new-character", path: "/characters/new" },
  { name: "analysis", path: `/p/${project.id}/analysis` },
  { name: "board", path: `/p/${project.id}/board` },
  { name: "studio", path: `/p/${project.id}/edit` },
  { name: "usage", path: "/usage" },
];

for (const locale of ["ko", "en"]) {
  test(`screens look as agreed, in ${locale}`, async (t) => {
    const { page, context, close } = await open({ locale });
    t.after(close);
    await page.clock.setFixedTime(new Date(NOW));
    await answer(page, locale);
    const sheet = await context.newPage();
    await mkdir(folder, { recursive: true });
    const changed = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      for (const { name, path, guest } of SCREENS) {
        if (guest)
          await page.route("**/api/auth/session", (route) =>
            route.fulfill({ status: 401, json: { code: "sign_in_needed", status: 401 } }),
          );
        await page.goto(base + path);
        await page.getByRole("heading").first().waitFor();
        await page.locator("[aria-busy=true], [role=status][aria-label]").first().waitFor({ state: "detached" });
        // What comes after the first paint: lists, faces, posters.
        await page.waitForLoadState("networkidle");
        await page.evaluate(async () => {
          const seen = [...document.images].filter((one) => one.getBoundingClientRect().top < innerHeight);
          await Promise.all(seen.map((one) => one.decode().catch(() => {})));
          await document.fonts.ready;
        });
        if (guest) await page.unroute("**/api/auth/session");
        const seen = await small(sheet, await page.screenshot({ animations: "disabled", caret: "hide" }), KEPT[width]);
        const file = `${folder}${name}-${locale}-${width}.webp`;
        const agreed = await readFile(file).catch(() => null);
        if (process.env.STUDIO_ACCEPT || !agreed) {
          assert.ok(process.env.STUDIO_ACCEPT, `${file} was never agreed on: STUDIO_ACCEPT=1 npm run e2e looks`);
          await writeFile(file, seen);
          continue;
        }
        const share = await difference(sheet, seen, agreed);
        if (share > TOLERATED) changed.push(`${name} ${locale} ${width}: ${(share * 100).toFixed(2)} %`);
      }
    }
    assert.deepEqual(changed, [], "look at them, and accept them with STUDIO_ACCEPT=1 npm run e2e looks");
    await close();
  });
}

/** A picture made small, as WebP. */
async function small(sheet, png, width) {
  const url = await sheet.evaluate(
    async ([address, wide]) => {
      const picture = await createImageBitmap(await (await fetch(address)).blob());
      const canvas = new OffscreenCanvas(wide, Math.round((picture.height / picture.width) * wide));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.85 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    [`data:image/png;base64,${png.toString("base64")}`, width],
  );
  return Buffer.from(url, "base64");
}

/** Which share of the pixels is noticeably another. */
async function difference(sheet, one, two) {
  return sheet.evaluate(
    async ([first, second, noticed]) => {
      const pixels = async (data) => {
        const picture = await createImageBitmap(await (await fetch(`data:image/webp;base64,${data}`)).blob());
        const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, picture.width, picture.height);
      };
      const [a, b] = [await pixels(first), await pixels(second)];
      if (a.width !== b.width || a.height !== b.height) return 1;
      let other = 0;
      for (let at = 0; at < a.data.length; at += 4) {
        const most = Math.max(...[0, 1, 2].map((colour) => Math.abs(a.data[at + colour] - b.data[at + colour])));
        if (most > noticed) other += 1;
      }
      return other / (a.data.length / 4);
    },
    [one.toString("base64"), two.toString("base64"), NOTICED],
  );
}
