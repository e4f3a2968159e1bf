// Measures the built studio in the system's Chromium on recorded answers: processor time of a timeline frame, memory after
// heavy use, and how fast pages come on a desktop and over simulated 4G. Prints one JSON line for each; pages are loaded
// three times, and the middle one counts. `STUDIO_DIST` names another build, to be held against this one; words after the
// command choose what is measured: `npm run bench timeline`, `npm run bench pages`. `npm run bench half-hour` uses the studio
// for thirty minutes by the clock, which nothing else does here.
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { benchServer } from "./bench-server.mjs";
import { work } from "./recorded.mjs";

const song = work({ beats: 513, scenes: 60 });
const front = await benchServer(process.env.STUDIO_DIST ?? fileURLToPath(new URL("../dist", import.meta.url)), song);
const base = front.url;
const chosen = process.argv.slice(2);
const wanted = (what) => chosen.length === 0 || chosen.includes(what);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--enable-precise-memory-info"],
});
const say = (measured) => process.stdout.write(`${JSON.stringify(measured)}\n`);
/** 4G as Lighthouse simulates it. */
const FOUR_G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6e6 / 8) * 0.9,
  uploadThroughput: (750e3 / 8) * 0.9,
};

try {
  if (wanted("timeline")) await timeline();
  if (chosen.includes("half-hour")) await halfHour();
  if (wanted("pages")) {
    for (const path of ["/", "/home", "edit", "board", "/usage", "/legal/terms"]) {
      await load(path, "desktop");
      await load(path, "4G");
    }
  }
} finally {
  await browser.close();
  await front.close();
}

async function open(path, { width = 1600, height = 1000, slow = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "ko-KR" });
  const page = await context.newPage();
  await page.routeWebSocket(/\/ws$/, () => undefined);
  const devtools = await context.newCDPSession(page);
  if (slow) {
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", FOUR_G);
  }
  await page.addInitScript(() => {
    // Somebody who was here before: visitors are not asked who they are.
    if (location.pathname !== "/") localStorage.setItem("mv.signed-in", "1");
    window.seen = { lcp: 0, cls: 0, shifts: [] };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.seen.lcp = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        window.seen.cls += entry.value;
        const moved = entry.sources.map(({ node }) => node?.className?.slice?.(0, 40) ?? node?.nodeName);
        if (entry.value > 0.005) window.seen.shifts.push(`${entry.value.toFixed(3)}: ${moved.join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(base + (path.startsWith("/") ? path : `/p/${song.project.id}/${path}`));
  await page.getByRole("heading").first().waitFor();
  return { page, context, devtools };
}

/** Processor seconds that the page's own work took, and frames drawn, while something is done. */
async function during(page, devtools, work) {
  const numbers = async () =>
    Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const before = await numbers();
  const frames = page.evaluate(
    () =>
      new Promise((resolve) => {
        let count = 0;
        window.stopCounting = () => resolve(count);
        const next = () => {
          count += 1;
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
  );
  await work();
  await page.evaluate(() => window.stopCounting());
  const [drawn, then] = [await frames, await numbers()];
  const spent = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"].reduce(
    (sum, name) => sum + (then[name] - before[name]),
    0,
  );
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  return { frames: drawn, ms_a_frame: Number(((spent * 1000) / drawn).toFixed(2)), nodes };
}

async function timeline() {
  const { page, context, devtools } = await open("edit");
  // Time of the thread, not of the clock: other work on the machine is not the page's.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const lane = page.locator("[data-timeline]");
  const boundary = page.getByRole("slider", { name: /의 경계$/ }).first();
  await boundary.waitFor();
  const box = await lane.boundingBox();
  const tasks = {
    drag: async () => {
      const handle = await boundary.boundingBox();
      await page.mouse.move(handle.x + 12, handle.y + 20);
      await page.mouse.down();
      for (let step = 0; step < 90; step += 1)
        await page.mouse.move(handle.x + 12 + Math.sin(step / 6) * 60, handle.y + 20);
      await page.keyboard.press("Escape");
      await page.mouse.up();
    },
    play: async () => {
      await page.keyboard.press("Space");
      await page.waitForFunction(
        () => performance.now() > 0 && new Promise((done) => setTimeout(() => done(true), 4000)),
      );
      await page.keyboard.press("Space");
    },
    scroll: () =>
      lane.evaluate(
        (element) =>
          new Promise((done) => {
            let at = 0;
            const step = () => {
              element.scrollLeft = at;
              at += 24;
              if (at < 4800) requestAnimationFrame(step);
              else done();
            };
            step();
          }),
      ),
    zoom: async () => {
      await page.mouse.move(box.x + box.width / 2, box.y + 90);
      await page.keyboard.down("Control");
      for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, turn % 20 < 10 ? -60 : 60);
      await page.keyboard.up("Control");
    },
  };
  for (const [name, task] of Object.entries(tasks)) {
    say({ what: `timeline: ${name}`, beats: 513, scenes: 60, ...(await during(page, devtools, task)) });
  }
  // Half an hour of use in a few minutes: selecting, scrolling, changing and undoing, over and over.
  for (let round = 0; round < 40; round += 1) {
    await lane.evaluate((element) => element.scrollTo(0, 0));
    await page
      .locator("[data-scene]")
      .nth(round % 4)
      .click();
    for (let beat = 0; beat < 6; beat += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("n");
    await tasks.scroll();
  }
  await devtools.send("HeapProfiler.collectGarbage");
  const memory = await page.evaluate(() => performance.memory.usedJSHeapSize);
  say({ what: "memory after heavy use", heap_mb: Number((memory / 1e6).toFixed(1)) });
  await context.close();
}

/** Plays, scrolls, selects, edits and undoes until thirty minutes are over; every five it says what the page holds. */
async function halfHour() {
  const { page, context, devtools } = await open("edit");
  await devtools.send("Performance.enable");
  const lane = page.locator("[data-timeline]");
  await page.locator("[data-scene]").first().waitFor();
  const began = Date.now();
  let said = 0;
  for (let round = 0; Date.now() - began < 30 * 60_000; round += 1) {
    await lane.evaluate((element, share) => element.scrollTo(share * element.scrollWidth, 0), (round % 10) / 10);
    await page
      .locator("[data-scene]")
      .nth(round % 4)
      .click();
    await page.keyboard.press("Space");
    await page.evaluate(() => new Promise((done) => setTimeout(done, 5000)));
    await page.keyboard.press("Space");
    for (let beat = 0; beat < 8; beat += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("n");
    const minutes = Math.floor((Date.now() - began) / 60_000);
    if (minutes < said + 5) continue;
    said = minutes;
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    say({
      what: "half an hour of use",
      minutes,
      rounds: round + 1,
      heap_mb: Number((of("JSHeapUsedSize") / 1e6).toFixed(1)),
      nodes: of("Nodes"),
      listeners: of("JSEventListeners"),
    });
  }
  await context.close();
}

async function load(path, where) {
  const slow = where === "4G";
  const runs = [];
  for (let run = 0; run < 3; run += 1) {
    const { page, context } = await open(path, slow ? { width: 390, height: 844, slow } : {});
    await page.waitForLoadState("networkidle");
    // Late faces may still move what they letter.
    await page.waitForFunction(() => localStorage.getItem("mv.fonts"));
    await page.evaluate(() => document.fonts.ready);
    runs.push(
      await page.evaluate(() => {
        const resources = performance.getEntriesByType("resource");
        return {
          fcp_ms: Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0),
          lcp_ms: Math.round(window.seen.lcp),
          cls: Number(window.seen.cls.toFixed(4)),
          kib: Math.round(resources.reduce((sum, entry) => sum + entry.encodedBodySize, 0) / 1024),
          shifts: window.seen.shifts,
        };
      }),
    );
    await context.close();
  }
  runs.sort((one, other) => one.lcp_ms - other.lcp_ms);
  const { shifts, ...middle } = runs[1];
  say({ what: `page ${path}`, where, ...middle, ...(shifts.length > 0 ? { shifts } : {}) });
}
