// Holds what each first screen loads against the budget, in gzipped bytes taken from the build's manifest.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));
const KIB = 1024;
const entry = "index.html";

const STUDIO = "src/app/studio.tsx";
const APP = "src/frame/AppFrame.tsx";
const PROJECT = "src/frame/ProjectFrame.tsx";

/** First screens by the module of their route, with what is around them. */
const budgets = [
  ["landing", "src/app/visitor.tsx", 110],
  ["home", "src/screens/home/HomeScreen.tsx", 180, STUDIO, APP],
  ["song", "src/screens/song/SongScreen.tsx", 180, STUDIO, PROJECT],
  ["analysis", "src/screens/analysis/AnalysisScreen.tsx", 180, STUDIO, PROJECT],
  ["storyboard", "src/screens/board/BoardScreen.tsx", 180, STUDIO, PROJECT],
  ["studio", "src/screens/studio/StudioScreen.tsx", 230, STUDIO, PROJECT],
];
const LATER_CHUNK = 120;
const BLOCKING_CSS = 15;

const sizes = new Map();
async function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
}

/** The chunks that must have arrived before `key` runs. */
function needed(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) needed(next, seen);
  return seen;
}

let failed = false;
function report(name, bytes, limit) {
  const over = bytes > limit * KIB;
  failed ||= over;
  process.stdout.write(
    `${over ? "OVER " : "ok   "}${name.padEnd(34)} ${(bytes / KIB).toFixed(1).padStart(7)} / ${limit} KiB\n`,
  );
}

const first = needed(entry);
for (const [name, module, limit, ...around] of budgets) {
  if (!manifest[module]) continue;
  const keys = new Set([...first, ...around.flatMap((key) => [...needed(key)]), ...needed(module)]);
  const files = [...keys].map((key) => manifest[key].file).filter((file) => file.endsWith(".js"));
  report(
    `${name}: JS to first screen`,
    (await Promise.all(files.map(size))).reduce((a, b) => a + b, 0),
    limit,
  );
}
// Shared films are a page of their own.
const watch = [...needed("watch.html")].map((key) => manifest[key].file).filter((file) => file.endsWith(".js"));
report(
  "watch: JS to first screen",
  (await Promise.all(watch.map(size))).reduce((a, b) => a + b, 0),
  110,
);
const css = [...first].flatMap((key) => manifest[key].css ?? []);
report(
  "blocking CSS",
  (await Promise.all(css.map(size))).reduce((a, b) => a + b, 0),
  BLOCKING_CSS,
);
for (const [key, chunk] of Object.entries(manifest)) {
  if (chunk.file.endsWith(".js") && !first.has(key)) {
    const bytes = await size(chunk.file);
    if (bytes > LATER_CHUNK * KIB) report(`chunk ${chunk.file}`, bytes, LATER_CHUNK);
  }
}
process.exitCode = failed ? 1 : 0;
