// Messages that nothing says any more. That both languages have the same ones, the type check proves.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const sources = new URL("../src/", import.meta.url).pathname;
const files = (await readdir(sources, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
const code = (
  await Promise.all(
    files.filter((name) => !name.startsWith("messages/")).map((name) => readFile(join(sources, name), "utf8")),
  )
).join("\n");

const unused = [];
for (const name of files.filter((name) => name.startsWith("messages/ko/"))) {
  const text = await readFile(join(sources, name), "utf8");
  // Tables looked up by a word of the API are said by their name, not key by key.
  for (const [, key] of text.matchAll(/^ {2}(\w+):/gm)) {
    if (!new RegExp(`\\.${key}\\b|\\[["']${key}["']\\]|["']${key}["']`).test(code)) unused.push(`${name}: ${key}`);
  }
}
if (unused.length > 0) {
  process.stderr.write(`messages that nothing says:\n  ${unused.join("\n  ")}\n`);
  process.exit(1);
}
