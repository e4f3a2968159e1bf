// Serves a built studio as the program does (packed, lasting for ever, under its content policy) with recorded answers
// beside it, long texts of them packed too, so that a simulated network slows all of it alike.
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { recordings } from "./recorded.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob:; " +
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self' blob:; base-uri 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".mp4": "video/mp4",
  ".webmanifest": "application/manifest+json",
};

export async function benchServer(dist, song) {
  const said = recordings("ko", song);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://here");
    if (/^\/(api|files|healthz|readyz)/.test(pathname)) {
      const { type, body } = said(pathname);
      const long = body.length >= 1024 && /json|^text/.test(type);
      const sent = long ? gzipSync(body, { level: 1 }) : body;
      const packing = long ? { "content-encoding": "gzip" } : {};
      response.writeHead(200, { "content-type": type, "content-length": sent.length, ...packing }).end(sent);
      return;
    }
    const own = join(dist, pathname);
    const file = extname(own) && (await stat(own).catch(() => null)) ? own : join(dist, "index.html");
    const packed = await readFile(`${file}.br`).catch(() => null);
    const body = packed ?? (await readFile(file));
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": body.length,
      "content-security-policy": POLICY,
      "cache-control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      ...(packed ? { "content-encoding": "br" } : {}),
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((done) => server.close(done) && server.closeAllConnections()),
  };
}
