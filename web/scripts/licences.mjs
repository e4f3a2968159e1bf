// Writes down whose work the studio carries and under which licence, from the lock file; `--check` says whether it is current.
import { readFile, writeFile } from "node:fs/promises";

const lock = JSON.parse(await readFile(new URL("../package-lock.json", import.meta.url), "utf8"));
const list = Object.entries(lock.packages)
  .filter(([path, { dev, optional, license }]) => path !== "" && !dev && !optional && license)
  .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ""), license }))
  .filter(({ name }) => !name.startsWith("@types/"));
const once = [...new Map(list.map((one) => [one.name, one])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const text = `${JSON.stringify(once, null, 2)}\n`;

const file = new URL("../src/screens/legal/licences.gen.json", import.meta.url);
if (process.argv.includes("--check")) {
  if ((await readFile(file, "utf8")) !== text) {
    process.stderr.write("licences.gen.json is not what the lock file says: run `npm run licences`\n");
    process.exit(1);
  }
} else {
  await writeFile(file, text);
}
