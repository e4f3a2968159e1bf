// Lets a first page begin with everything it will need: the page names the chunks that every page runs, and
// `first-paint.js` learns which chunks and answers each address leads to, so that none waits for the one before it.
import { readFile, writeFile } from "node:fs/promises";
import { ADDRESSES, STUDIO, TABLE, VISITOR } from "./addresses.mjs";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

/** Chunks and style sheets that must have arrived before the module runs. */
function needed(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}: scripts/addresses.mjs names it`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const sheet of chunk.css ?? []) seen.add(sheet);
  for (const next of chunk.imports ?? []) needed(next, seen);
  return seen;
}

const entry = needed("index.html");
const everywhere = [...needed(VISITOR)].filter((file) => needed(STUDIO).has(file) && !entry.has(file));
const known = new Set([...entry, ...everywhere]);

// Numbers instead of names: the same chunks come again and again.
const files = [];
const number = (file) => (files.includes(file) ? files.indexOf(file) : files.push(file) - 1);
const rows = ADDRESSES.map(({ path, modules, asks = [] }) => {
  const all = new Set(modules.flatMap((module) => [...needed(module)]));
  return [path.source, [...all].filter((file) => !known.has(file)).map(number), asks];
});

const script = new URL("first-paint.js", dist);
const source = await readFile(script, "utf8");
const table = `const FILES = ${JSON.stringify(files)};\nconst ADDRESSES = ${JSON.stringify(rows)};`;
if (!source.includes(TABLE)) throw new Error(`first-paint.js has no ${TABLE} to put the table in`);
await writeFile(script, source.replace(TABLE, table));

const page = new URL("index.html", dist);
const links = everywhere
  .filter((file) => file.endsWith(".js"))
  .map((file) => `    <link rel="modulepreload" crossorigin href="/${file}">\n`)
  .join("");
const html = await readFile(page, "utf8");
await writeFile(page, html.replace("  </head>", `${links}  </head>`));
