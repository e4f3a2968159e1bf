import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { whileSaving } from "@/frame/TopBar";
import { common } from "@/messages/common";
import { song } from "@/messages/song";
import { lyricsQuery } from "@/project/lyrics";
import { keepLyrics, putLyrics } from "@/project/pending-lyrics";
import { type ProjectView, projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";
import { LyricsInput, nameOfLyrics } from "./LyricsInput";

interface ProjectLyricsProps {
  readonly project: ProjectView;
  readonly heard: boolean;
  readonly editable: boolean;
}

export function ProjectLyrics({ project, heard, editable }: ProjectLyricsProps) {
  const queries = useQueryClient();
  const lyrics = useQuery(lyricsQuery(project.id));
  const [writing, setWriting] = useState<{ readonly text: string; readonly name: string } | null>(null);
  const lines = lyrics.data?.lines ?? [];
  const save = useMutation({
    mutationFn: async ({ text, name }: { text: string; name: string }) => {
      // A song that was not heard yet cannot take them: they wait here until it was.
      if (heard) await whileSaving(putLyrics(project.id, text, name));
      else keepLyrics(project.id, text, name);
    },
    onSuccess: async () => {
      setWriting(null);
      toast(heard ? song.lyricsSaved : song.lyricsAfter, { tone: "ok" });
      await Promise.all([
        queries.invalidateQueries({ queryKey: lyricsQuery(project.id).queryKey }),
        queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
      ]);
    },
  });
  return (
    <section className="flex flex-col gap-3 rounded-xl bg-panel p-4 ring-line sm:p-5">
      <header className="flex items-center gap-3">
        <h3 className="flex-1 font-semibold text-base">
          {song.lyrics}
          {lines.length > 0 && (
            <span className="tnum ml-2 font-normal text-fg-3 text-sm">{song.lyricsLines({ count: lines.length })}</span>
          )}
        </h3>
        {editable && !writing && (
          <Button
            size="sm"
            onClick={() => {
              const text = lines
                .map((line) => (line.opens_stanza ? `\n${line.text}` : line.text))
                .join("\n")
                .trim();
              setWriting({ text, name: nameOfLyrics(text) });
            }}
          >
            {lines.length > 0 ? song.replaceLyrics : song.addLyrics}
          </Button>
        )}
      </header>
      {lyrics.isError && <ErrorPanel compact error={lyrics.error} onRetry={() => lyrics.refetch()} />}
      {writing ? (
        <>
          <LyricsInput value={writing.text} onChange={(text, name) => setWriting({ text, name })} />
          {save.isError && <ErrorPanel compact error={save.error} />}
          <div className="flex justify-end gap-2">
            <Button size="lg" tone="quiet" onClick={() => setWriting(null)}>
              {common.cancel}
            </Button>
            <Button
              size="lg"
              tone="main"
              busy={save.isPending}
              disabled={writing.text.trim() === ""}
              onClick={() => save.mutate(writing)}
            >
              {song.save}
            </Button>
          </div>
        </>
      ) : lines.length > 0 ? (
        <ol className="columns-1 gap-8 text-fg-2 sm:columns-2">
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
            <li key={index} className={line.opens_stanza && index > 0 ? "pt-3" : undefined}>
              {line.text}
            </li>
          ))}
        </ol>
      ) : (
        lyrics.isSuccess && <p className="text-fg-3">{song.noLyrics}</p>
      )}
    </section>
  );
}
