// The API's types, derived from the server's OpenAPI document. `--check` says whether they are current.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const target = new URL("../src/api/schema.gen.ts", import.meta.url);
const document = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
// Routes are called by their path; the server's operation ids repeat from one route to the next.
for (const path of Object.values(document.paths)) {
  for (const operation of Object.values(path)) delete operation.operationId;
}
// A default beside an enumeration is written as an object of its own, which nothing could be.
function withoutBareDefaults(node) {
  if (Array.isArray(node)) return node.map(withoutBareDefaults);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    key === "allOf" && Array.isArray(value)
      ? value.filter((part) => !(part.type === "object" && "default" in part)).map(withoutBareDefaults)
      : withoutBareDefaults(value),
  ]);
  return Object.fromEntries(entries);
}
const text = `// Made from docs/openapi.json by \`npm run generate\`.\n\n${astToString(await openapiTS(withoutBareDefaults(document), { defaultNonNullable: false }))}`;
const before = await readFile(target, "utf8").catch(() => "");
if (process.argv.includes("--check")) {
  if (before !== text) {
    process.stderr.write("src/api/schema.gen.ts is not what docs/openapi.json says: run `npm run generate`\n");
    process.exit(1);
  }
} else if (before !== text) {
  await writeFile(target, text);
}
