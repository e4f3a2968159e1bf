import { send } from "@/api/client";
import { newKey } from "@/api/idempotency";
import { problemOf } from "@/api/problem";
import { keepLyrics } from "@/project/pending-lyrics";
import lyrics from "../../../../samples/song.lrc?raw";
import audio from "../../../../samples/song.mp3";

const SAMPLE = { title: "여름밤의 주파수", artist: "MelodyVision" } as const;

/** Makes a project of the sample song; its id. */
export async function makeSampleProject(template: string | undefined): Promise<string> {
  const file = await fetch(audio).then((response) => response.blob());
  const form = new FormData();
  form.set("title", SAMPLE.title);
  form.set("artist", SAMPLE.artist);
  if (template) form.set("template_id", template);
  form.set("audio_file", file, "song.mp3");
  const response = await send(
    new Request("/api/projects", { method: "POST", body: form, headers: { "idempotency-key": newKey() } }),
  );
  if (!response.ok) throw await problemOf(response);
  const { project } = (await response.json()) as { project: { id: string } };
  keepLyrics(project.id, lyrics, "song.lrc");
  return project.id;
}
