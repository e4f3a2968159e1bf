// Writes into package-lock.json the parts for other systems that npm left out because the registry it asked did not have
// them. Without these lines `npm ci` refuses the lock file. `--check` only says whether any is missing.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** What a part's name says of where it runs, as in `@oxc-parser/binding-linux-arm64-musl`. */
function place(name) {
  const words = name.split("/").at(-1).split("-");
  const os = systems.find((one) => words.includes(one));
  const cpu = processors.find((one) => words.includes(one));
  const libc = words.includes("musl") ? "musl" : words.includes("gnu") ? "glibc" : undefined;
  return {
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === "linux" && { libc: [libc] }),
    ...(os && { os: [os] }),
  };
}

const missing = [];
for (const [at, one] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(one.optionalDependencies ?? {})) {
    const exact = /^\d+\.\d+\.\d+/.test(version);
    const nested = `${at ? `${at}/` : ""}node_modules/${name}`;
    if (exact && !lock.packages[nested] && !lock.packages[`node_modules/${name}`]) {
      missing.push([
        `node_modules/${name}`,
        { version, ...place(name), ...(one.dev && { dev: true }), optional: true },
      ]);
    }
  }
}
if (missing.length === 0) process.exit(0);
if (process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${missing.length} parts for other systems: run \`npm run lock\``);
  process.exit(1);
}
const [root, ...rest] = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
lock.packages = Object.fromEntries([root, ...rest]);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${missing.length} parts for other systems added`);
