// The studio's own messages, so that one journey walks through both languages and no word is written down twice.
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

export async function messages(locale) {
  const server = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    appType: "custom",
    logLevel: "error",
    server: { middlewareMode: true, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const areas = ["analysis", "auth", "board", "characters", "cost", "finish", "landing", "making", "song", "studio"];
    const read = async (area) => [area, (await server.ssrLoadModule(`/src/messages/${locale}/${area}.ts`))[area]];
    return Object.fromEntries(await Promise.all(areas.map(read)));
  } finally {
    await server.close();
  }
}
