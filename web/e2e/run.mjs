// Starts the real binary on an empty data folder, serves the built studio before it where the binary has none of its own
// (or `STUDIO_HERE` asks for the one that was built here), and runs the journeys in system Chromium.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { fakeServices } from "./fake-services.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = fileURLToPath(new URL("../..", import.meta.url));
const binary = process.env.MELODYVISION ?? (await newest());
const data = await mkdtemp(join(tmpdir(), "studio-e2e-"));
// Started by root, the private database runs as somebody else, who must get in.
await chmod(data, 0o755);

// A browser asks often, and a test signs in more often than a person.
const services = await fakeServices();
const models = join(data, "models.toml");
await writeFile(models, services.models);
await writeFile(
  join(data, "config.toml"),
  `[api.limits]
requests_per_hour = { free = 100000, team = 100000 }
session_requests_per_hour = 100000
anonymous_reads_per_hour = 100000
anonymous_requests_per_hour = 100000
auth_attempts = 1000

[services]
models = "${models}"
keys = { gemini = "not-a-key" }
`,
);
const server = spawn(
  binary,
  ["serve", "--config", join(data, "config.toml"), "--data", join(data, "data"), "--port", "0", "--json"],
  {
    cwd: repository,
    stdio: ["ignore", "pipe", "pipe"],
  },
);
const tail = [];
server.stderr.on("data", (bytes) => tail.push(bytes) > 50 && tail.shift());

/** The line that says where it listens. */
function serving() {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (bytes) => {
      text += bytes;
      const line = text.split("\n").find((one) => one.includes('"event":"serving"'));
      if (line?.endsWith("}")) resolve(JSON.parse(line));
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}\n${Buffer.concat(tail)}`)));
    server.on("error", reject);
  });
}

let code = 1;
let front = null;
try {
  const { url, first_admin: firstAdmin } = await serving();
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  const own = answer.ok ? await answer.text() : "";
  let base = new URL(url).origin;
  if (process.env.STUDIO_HERE || !own.includes('id="root"')) {
    process.env.STUDIO_API = base;
    front = await preview({ root: join(here, ".."), preview: { port: 0, strictPort: false }, logLevel: "warn" });
    base = new URL(front.resolvedUrls.local[0]).origin;
  }
  const token = new URL(firstAdmin).searchParams.get("token");
  const env = { ...process.env, STUDIO_URL: base, STUDIO_TOKEN: token, STUDIO_SAMPLES: join(repository, "samples") };
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", ...(await journeys())], {
    cwd: here,
    stdio: "inherit",
    env,
  });
  code = await new Promise((resolve) => tests.on("exit", resolve));
} finally {
  await front?.close();
  server.removeAllListeners("exit");
  const gone = new Promise((resolve) => server.once("exit", resolve));
  if (server.exitCode === null && server.kill("SIGTERM")) await gone;
  await services.close();
  await rm(data, { recursive: true, force: true });
}
process.exit(code);

/** The program that was built last, whichever way. */
async function newest() {
  const target = process.env.CARGO_TARGET_DIR ?? join(repository, "target");
  const built = [];
  for (const profile of ["release", "debug"]) {
    const path = join(target, profile, "melodyvision");
    const found = await stat(path).catch(() => null);
    if (found) built.push({ path, at: found.mtimeMs });
  }
  const [last] = built.sort((a, b) => b.at - a.at);
  if (!last) throw new Error("the program was not built: run `make build`");
  return last.path;
}

/** The journeys in order: the first makes the admin whom the others sign in as. */
async function journeys() {
  const { readdir } = await import("node:fs/promises");
  const wanted = process.argv.slice(2);
  const all = (await readdir(here)).filter((name) => name.endsWith(".e2e.mjs")).sort();
  return wanted.length > 0
    ? all.filter((name) => name.startsWith("01-") || wanted.some((word) => name.includes(word)))
    : all;
}
