// Lyrics that were given before the song was heard wait in this browser: they can only be laid over a song that was.

import { api } from "@/api/client";

interface Pending {
  readonly text: string;
  readonly name: string;
}

const key = (project: string) => `mv.lyrics.${project}`;

export function keepLyrics(project: string, text: string, name: string): void {
  const pending: Pending = { text, name: name || "lyrics.txt" };
  localStorage.setItem(key(project), JSON.stringify(pending));
}

/** Reads lyrics into a song that was heard. */
export async function putLyrics(project: string, text: string, name: string) {
  const { data } = await api.POST("/api/projects/{id}/lyrics", {
    params: { path: { id: project }, query: { filename: name } },
    body: text,
    bodySerializer: (body) => body,
    headers: { "content-type": "text/plain" },
  });
  return data;
}

/** Lays the waiting lyrics over the song. They go on waiting when that fails. */
export async function putPendingLyrics(project: string): Promise<void> {
  const kept = localStorage.getItem(key(project));
  if (kept === null) return;
  const { text, name } = JSON.parse(kept) as Pending;
  await putLyrics(project, text, name);
  localStorage.removeItem(key(project));
}
