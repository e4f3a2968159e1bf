// Addresses of pictures and clips are signed anew with each answer. The same file keeps its first address while that is
// fresh, so that nothing on the screen loads twice.

const FRESH_MS = 60 * 60 * 1000;
const known = new Map<string, { readonly url: string; readonly since: number }>();

export function stableUrl(url: string, now: number = Date.now()): string {
  const path = url.split("?", 1)[0] as string;
  const entry = known.get(path);
  if (entry && now - entry.since < FRESH_MS) return entry.url;
  known.set(path, { url, since: now });
  return url;
}

/** The file that an address names, whatever it is signed with. */
export function fileOf(url: string): string {
  return url.split("?", 1)[0] as string;
}

/** A row with addresses that stay. */
export function withStableUrls<Row extends { image_url?: string | null; video_url?: string | null }>(row: Row): Row {
  const image_url = row.image_url ? stableUrl(row.image_url) : row.image_url;
  const video_url = row.video_url ? stableUrl(row.video_url) : row.video_url;
  return { ...row, image_url, video_url };
}
