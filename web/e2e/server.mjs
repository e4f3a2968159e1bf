// The real program on an empty data folder, with services that are made up at the edge, and the studio before it where the
// program has none of its own (or `STUDIO_HERE` asks for the one that was built here).
import { execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { preview } from "vite";
import { fakeServices } from "./fake-services.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Starts it. `settings` are lines of its configuration: those of `services`, and whole tables. */
export async function startServer({ services: paying = "", tables = "" } = {}) {
  const binary = process.env.MELODYVISION ?? (await newest("melodyvision"));
  const folder = await mkdtemp(join(tmpdir(), "studio-e2e-"));
  // Started by root, the private database runs as somebody else, who must get in.
  await chmod(folder, 0o755);
  const services = await fakeServices();
  const models = join(folder, "models.toml");
  await writeFile(models, services.models);
  const config = join(folder, "config.toml");
  const place = ["--config", config, "--data", join(folder, "data")];
  const port = await freePort();
  let front = null;
  let server = null;

  async function start() {
    // Who comes back from another page comes back to the studio that is tried. A browser asks often, and a test signs in
    // more often than a person.
    await writeFile(
      config,
      `[api]
${front ? `public_url = "${front.base}"` : ""}

[api.limits]
requests_per_hour = { free = 100000, indie = 100000, pro = 100000, team = 100000 }
session_requests_per_hour = 100000
anonymous_reads_per_hour = 100000
anonymous_requests_per_hour = 100000
auth_attempts = 1000

[services]
models = "${models}"
keys = { gemini = "not-a-key" }
${paying}

${tables}
`,
    );
    server = spawn(binary, ["serve", ...place, "--port", String(port), "--json"], {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return serving(server);
  }

  async function stop() {
    server.removeAllListeners("exit");
    const gone = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.kill("SIGTERM")) await gone;
  }

  async function close() {
    await front?.close();
    if (server) await stop();
    await services.close();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    if (process.env.STUDIO_HERE) front = await studioBefore(port);
    let said = await start();
    if (!front && !(await hasStudio(said.url))) {
      await stop();
      front = await studioBefore(port);
      said = await start();
    }
    const run = promisify(execFile);
    return {
      base: front?.base ?? new URL(said.url).origin,
      /** Where the program itself listens. */
      own: `http://127.0.0.1:${port}`,
      /** Lets whoever has it make the first admin. */
      token: new URL(said.first_admin).searchParams.get("token"),
      /** What an operator says on the command line; its answer. */
      admin: async (...words) => JSON.parse((await run(binary, ["admin", ...place, "--json", ...words])).stdout),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The line that says where it listens. */
function serving(server) {
  const tail = [];
  server.stderr.on("data", (bytes) => tail.push(bytes) > 50 && tail.shift());
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

async function hasStudio(url) {
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  return answer.ok && (await answer.text()).includes('id="root"');
}

/** The studio that was built here, before a server at this port. */
async function studioBefore(port) {
  const own = await freePort();
  const base = `http://127.0.0.1:${own}`;
  process.env.STUDIO_API = `http://localhost:${port}`;
  process.env.STUDIO_ORIGIN = base;
  const front = await preview({
    root: join(here, ".."),
    preview: { host: "127.0.0.1", port: own },
    logLevel: "warn",
  });
  return { base, close: () => front.close() };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** What was built last, whichever way. */
export async function newest(name) {
  const target = process.env.CARGO_TARGET_DIR ?? join(repository, "target");
  const built = [];
  for (const profile of ["release", "debug"]) {
    const path = join(target, profile, name);
    const found = await stat(path).catch(() => null);
    if (found) built.push({ path, at: found.mtimeMs });
  }
  const [last] = built.sort((a, b) => b.at - a.at);
  if (!last) throw new Error(`\`${name}\` was not built: run \`make build\`, or \`scripts/studio journey\``);
  return last.path;
}
