// Starts the real program and runs the journeys in system Chromium against it.
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { repository, startServer } from "./server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

const server = await startServer();
let code = 1;
try {
  const env = {
    ...process.env,
    STUDIO_URL: server.base,
    STUDIO_TOKEN: server.token,
    STUDIO_SAMPLES: join(repository, "samples"),
  };
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", ...(await journeys())], {
    cwd: here,
    stdio: "inherit",
    env,
  });
  code = await new Promise((resolve) => tests.on("exit", resolve));
} finally {
  await server.close();
}
process.exit(code);

/** The journeys in order: the first makes the admin whom the others sign in as. */
async function journeys() {
  const wanted = process.argv.slice(2);
  const all = (await readdir(here)).filter((name) => name.endsWith(".e2e.mjs")).sort();
  return wanted.length > 0
    ? all.filter((name) => name.startsWith("01-") || wanted.some((word) => name.includes(word)))
    : all;
}
