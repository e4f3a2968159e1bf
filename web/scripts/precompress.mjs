// Lays a brotli and a gzip copy beside every text asset, so that the server never compresses.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const folder = new URL("../dist/", import.meta.url).pathname;
const names = (await readdir(folder, { recursive: true })).filter((name) =>
  /\.(js|css|html|svg|json|webmanifest|txt)$/.test(name),
);
for (const name of names) {
  const file = join(folder, name);
  const bytes = await readFile(file);
  const brotli = await promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  // A copy that saves nothing is only another file to embed.
  if (brotli.length < bytes.length) await writeFile(`${file}.br`, brotli);
  const gzipped = await promisify(gzip)(bytes, { level: 9 });
  if (gzipped.length < bytes.length) await writeFile(`${file}.gz`, gzipped);
}
