// What every journey needs: a browser, a page that fails on errors of its own, and axe.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

export const base = process.env.STUDIO_URL;
export const samples = process.env.STUDIO_SAMPLES;
export const person = { name: "하린", email: "admin@example.com", password: "Correct7horse" };

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Browsers whose console nobody has looked at yet. A journey that forgets to fails by that alone. */
const unseen = new Set();
process.on("exit", () => {
  if (unseen.size === 0) return;
  process.stderr.write(
    `${[...unseen].join("\n")}\nnobody looked for errors there: close() every page that was opened\n`,
  );
  process.exitCode = 1;
});

export async function open({ locale = "ko", signedIn = false, width = 1280, height = 900 } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
  });
  const context = await browser.newContext({
    viewport: { width, height },
    locale: locale === "ko" ? "ko-KR" : "en-US",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(45_000);
  // Faces come at once for those who were here before: pictures are then made with them.
  await context.addInitScript(() => location.protocol.startsWith("http") && localStorage.setItem("mv.fonts", "1"));
  const page = await context.newPage();
  const broken = [];
  page.on("pageerror", (error) => broken.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // A refusal is an answer the page deals with; whatever else the console complains of is a fault.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      broken.push(`${page.url()}: ${message.text()}`);
  });
  if (signedIn) {
    await page.goto(`${base}/sign-in`);
    await signIn(page, locale);
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    // Whatever language an earlier journey left the account in.
    await page.request.patch(`${base}/api/users/me`, { data: { locale }, headers: { origin: base } });
  }
  const name = new Error(`a page in ${locale}, ${width} × ${height}`).stack;
  unseen.add(name);
  return {
    page,
    context,
    /**
     * Ends the browser, however the test ended (one that stays open keeps the whole run waiting), and fails when the page
     * itself broke anywhere on the way. It may be called again.
     */
    async close() {
      await browser.close();
      unseen.delete(name);
      assert.deepEqual(broken, []);
    },
  };
}

export async function signIn(page, locale = "ko") {
  const words = locale === "ko" ? ["이메일", "비밀번호", "로그인"] : ["E-mail", "Password", "Sign in"];
  await page.getByLabel(words[0], { exact: true }).fill(person.email);
  await page.getByLabel(words[1], { exact: true }).fill(person.password);
  await page.getByRole("button", { name: words[2], exact: true }).click();
}

/** No violation of WCAG 2.2 A or AA on the page as it stands. */
export async function accessible(page, name) {
  // The content policy forbids injected scripts, not those of the browser's own tools.
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
    }),
  );
  const violations = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
  assert.deepEqual(violations, [], `${name} at ${page.url()}`);
}

/** A picture for whoever looks after the run; `STUDIO_SHOTS` names the folder. */
export async function shot(page, name) {
  if (!process.env.STUDIO_SHOTS) return;
  await mkdir(process.env.STUDIO_SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.STUDIO_SHOTS, `${name}.png`) });
}

/** Steps of one journey: what comes after a step that failed fails at once, and the failure leaves a picture. */
export function journey(page) {
  let lost = null;
  return (name, step) =>
    test(name, async () => {
      assert.equal(lost, null, `“${lost}” failed before`);
      try {
        await step();
      } catch (error) {
        lost = name;
        await shot(page(), `failed-${name.slice(0, 40).replace(/\W+/g, "-")}`);
        throw error;
      }
    });
}
