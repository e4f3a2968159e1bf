import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { chunks } from "./scripts/chunks.mjs";

/** Where `melodyvision serve` listens while the studio is worked on. */
const server = process.env.STUDIO_API ?? "http://localhost:8080";

// The server refuses what other origins send; to it the development server is the studio itself.
const origin = process.env.STUDIO_ORIGIN ?? server;
const proxy = {
  "^/(api|files|healthz|readyz)(/|$)": { target: server, changeOrigin: true, headers: { origin } },
  "/ws": { target: server.replace("http", "ws"), ws: true, changeOrigin: true, headers: { origin } },
};

/** Shared films are a page of their own; the program knows that, the development server has to be told. */
const sharedFilms: Plugin = {
  name: "shared-films",
  configureServer(dev) {
    dev.middlewares.use(toWatchPage);
  },
  configurePreviewServer(preview) {
    preview.middlewares.use(toWatchPage);
  },
};

function toWatchPage(request: { url?: string }, _: unknown, next: () => void): void {
  if (request.url?.startsWith("/watch/")) request.url = "/watch.html";
  next();
}

export default defineConfig({
  plugins: [react(), tailwindcss(), sharedFilms],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // Radix' scroll lock writes a style element, which the content policy blocks; ours adopts a style sheet instead.
      "react-style-singleton": fileURLToPath(new URL("./src/ui/style-singleton.ts", import.meta.url)),
    },
  },
  // The sample song lies beside the web folder.
  server: { proxy, strictPort: true, fs: { allow: [".."] } },
  preview: { proxy, strictPort: true },
  build: {
    rolldownOptions: { input: ["index.html", "watch.html"], output: { codeSplitting: chunks } },
    manifest: true,
    target: "es2022",
    // What Tailwind 4 asks for anyway: older browsers would need every colour twice.
    cssTarget: ["chrome111", "firefox128", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/test/setup.ts"],
    restoreMocks: true,
  },
});
