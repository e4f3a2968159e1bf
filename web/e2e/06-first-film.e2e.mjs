// As somebody comes: from the landing page to a film of one's own song and a link that a stranger opens, in both
// languages. How many clicks and seconds that takes is counted and printed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { accessible, base, open, person, samples, shot } from "./browser.mjs";
import { picture } from "./guide.mjs";
import { messages } from "./messages.mjs";

/** Films take minutes on a small machine. */
const FILM = 15 * 60_000;

const folder = await mkdtemp(join(tmpdir(), "first-film-"));
const song = join(folder, "song.mp3");
await promisify(execFile)("ffmpeg", ["-v", "error", "-i", join(samples, "song.mp3"), "-t", "20", "-c", "copy", song]);
after(() => rm(folder, { recursive: true, force: true }));

for (const locale of ["ko", "en"]) {
  test(`a first film, in ${locale}`, async (context) => {
    const say = await messages(locale);
    const studio = await open({ locale });
    context.after(studio.close);
    const { page } = studio;
    let clicks = 0;
    await page.exposeFunction("countClick", () => {
      clicks += 1;
    });
    await page.addInitScript(() => {
      document.addEventListener("click", (event) => event.isTrusted && event.detail > 0 && window.countClick(), true);
    });
    const began = performance.now();
    const since = () => Math.round((performance.now() - began) / 1000);

    await page.goto(base);
    await page.locator("input[type=file]").first().setInputFiles(song);
    await page.getByRole("slider", { name: say.song.waveform }).waitFor();
    await picture(page, `song-${locale}`);
    await page.getByRole("link", { name: say.landing.next }).click();
    await page.getByRole("link", { name: say.auth.signIn, exact: true }).click();
    await page.getByLabel(say.auth.email, { exact: true }).fill(person.email);
    await page.getByLabel(say.auth.password, { exact: true }).fill(person.password);
    await page.getByRole("button", { name: say.auth.signIn, exact: true }).click();
    await page.waitForURL("**/new");
    // The account may speak another language than the visitor did.
    await page.request.patch(`${base}/api/users/me`, { data: { locale }, headers: { origin: base } });
    await page.reload();
    await page.getByLabel(say.song.title, { exact: true }).fill(locale === "ko" ? "첫 영상" : "First film");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: say.song.start }).click();
    await page.getByText(/BPM$/).first().waitFor();
    await picture(page, `analysis-${locale}`);
    await page.getByRole("link", { name: say.analysis.looksRight }).click();
    const project = new URL(page.url()).pathname.split("/")[2];
    await page.getByRole("link", { name: say.characters.toBoard }).click();
    await page.getByRole("link", { name: say.board.toEdit }).click();
    await page.getByRole("button", { name: say.making.make, exact: true }).click();
    await page.getByText(say.cost.qualities.draft).click();
    await page.getByRole("button", { name: say.cost.confirmFree }).waitFor();
    await picture(page, `price-${locale}`);
    await page.getByRole("button", { name: say.cost.confirmFree }).click();
    const ordered = { clicks, seconds: since() };
    await page.getByRole("button", { name: say.making.done }).waitFor({ timeout: FILM });
    const made = since();
    await page.goto(`${base}/p/${project}/finish`);
    await page.getByRole("heading", { name: say.finish.report }).waitFor();
    await accessible(page, `finish, ${locale}`);
    await shot(page, `finish-${locale}`);
    await picture(page, `finish-${locale}`);
    for (const place of ["board", "edit"]) {
      await page.goto(`${base}/p/${project}/${place}`);
      await page.waitForFunction(() =>
        [...document.querySelectorAll("main video, main img, #stage video, #stage img")].some(
          (one) => one.readyState >= 2 || one.naturalWidth > 0,
        ),
      );
      await picture(page, `${place}-${locale}`);
    }
    await page.goto(`${base}/p/${project}/finish`);
    await page.getByRole("button", { name: say.finish.makeLink }).click();
    const link = await page.getByLabel(say.finish.link).inputValue();

    const guest = await open({ locale });
    context.after(guest.close);
    await guest.page.goto(new URL(new URL(link).pathname, base).href);
    await guest.page.getByRole("heading", { level: 1 }).waitFor();
    await guest.page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) > 0);
    await accessible(guest.page, `watch, ${locale}`);
    await guest.close();

    process.stdout.write(
      `# from landing to a film (${locale}): ${ordered.clicks} clicks, ordered after ${ordered.seconds} s, film after ${made} s\n`,
    );
    assert.ok(ordered.clicks <= 12, `${ordered.clicks} clicks are more than anybody should need`);
  });
}
