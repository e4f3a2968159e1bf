import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, RefreshCw } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "@/api/client";
import { useOnline } from "@/frame/OfflineBar";
import { flawOfSound, isFatal } from "@/media/song-file";
import { common } from "@/messages/common";
import { song } from "@/messages/song";
import { keepLyrics } from "@/project/pending-lyrics";
import { firstTemplate } from "@/project/taste";
import { useTemplates } from "@/project/templates";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { LocalWaveform, useLocalSong } from "./LocalWaveform";
import { LyricsInput } from "./LyricsInput";
import { SongDrop } from "./SongDrop";
import { changeDraft, chooseSong, clearDraft, forgetSong, restoreDraft, useSongDraft } from "./song-draft";
import { sendSong } from "./song-sending";
import { UploadLine } from "./UploadLine";

/** A song on its way in: its waveform at once, its upload beneath, and what there is to say about it. */
export function NewSongScreen() {
  const { draft, flaw, restored } = useSongDraft();
  useEffect(() => void restoreDraft(), []);
  return (
    <div className="mx-auto max-w-3xl">
      <h1 className="mb-5 font-semibold text-xl">{song.newTitle}</h1>
      {flaw && (
        <p role="alert" className="mb-4 flex items-center gap-2 rounded-lg bg-warn/10 px-4 py-3 text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {song.flaw[flaw]}
        </p>
      )}
      {restored && draft && <p className="mb-4 text-fg-2">{song.resumedDraft}</p>}
      {draft ? (
        <DraftForm key={draft.file.name + draft.file.lastModified} />
      ) : (
        <SongDrop onFile={chooseSong} className="py-24" />
      )}
    </div>
  );
}

function DraftForm() {
  const { draft, upload, state } = useSongDraft();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const online = useOnline();
  const templates = useTemplates();
  // `asked` shows what is missing; `going` means that all was there, and only the upload is waited for.
  const [asked, setAsked] = useState(false);
  const [going, setGoing] = useState(false);
  const local = useLocalSong(draft?.file ?? null);
  const soundFlaw = local.song ? flawOfSound(local.song) : null;
  const fatal = soundFlaw !== null && isFatal(soundFlaw);
  useEffect(() => {
    if (!fatal && !local.reading) sendSong();
  }, [fatal, local.reading]);

  const sent = state?.phase === "done";
  const complete = draft !== null && draft.title.trim() !== "" && draft.rights;
  const create = useMutation({
    mutationFn: async () => {
      if (!draft || !upload?.id) return null;
      const { data } = await api.POST("/api/projects", {
        body: {
          title: draft.title.trim(),
          artist: draft.artist.trim(),
          upload_id: upload.id,
          template_id: firstTemplate(templates.data?.templates ?? []),
        },
      });
      return data?.project ?? null;
    },
    onSuccess: async (project) => {
      if (!project || !draft) return;
      if (draft.lyrics.trim() !== "") keepLyrics(project.id, draft.lyrics, draft.lyricsName);
      clearDraft();
      await queries.invalidateQueries({ queryKey: ["get", "/api/projects"] });
      await navigate({ to: "/p/$id/analysis", params: { id: project.id } });
    },
  });
  const { mutate, isIdle } = create;
  // Asked for before the file had arrived: it goes on by itself.
  useEffect(() => {
    if (going && sent && isIdle) mutate();
  }, [going, sent, isIdle, mutate]);
  if (!draft) return null;

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!complete) return;
    setGoing(true);
    if (create.isError) create.mutate();
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <section className="rounded-xl bg-panel p-4 ring-line sm:p-5">
        <div className="mb-3 flex items-center justify-between gap-3">
          <p className="truncate font-medium">{draft.file.name}</p>
          <Button size="sm" tone="quiet" icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={forgetSong}>
            {song.another}
          </Button>
        </div>
        <LocalWaveform file={draft.file} />
        {upload && state && !fatal && (
          <div className="mt-3">
            <UploadLine upload={upload} state={state} />
          </div>
        )}
      </section>
      <section className="flex flex-col gap-4 rounded-xl bg-panel p-4 ring-line sm:p-5">
        <h2 className="font-semibold text-base">{song.details}</h2>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={song.title} error={asked && draft.title.trim() === "" ? song.titleNeeded : null}>
            <Input
              value={draft.title}
              maxLength={255}
              onChange={(event) => changeDraft({ title: event.target.value })}
            />
          </Field>
          <Field label={song.artist} optional>
            <Input
              value={draft.artist}
              maxLength={255}
              onChange={(event) => changeDraft({ artist: event.target.value })}
            />
          </Field>
        </div>
        <LyricsInput value={draft.lyrics} onChange={(lyrics, lyricsName) => changeDraft({ lyrics, lyricsName })} />
        <div>
          <Checkbox
            checked={draft.rights}
            invalid={asked && !draft.rights}
            onChange={(rights) => changeDraft({ rights })}
          >
            {song.rights}
            <span className="block text-fg-3 text-xs">{song.rightsHint}</span>
          </Checkbox>
          {asked && !draft.rights && (
            <p role="alert" className="mt-1.5 flex items-center gap-1.5 text-danger text-xs">
              <CircleAlert aria-hidden className="size-3.5" />
              {song.rightsNeeded}
            </p>
          )}
        </div>
      </section>
      {create.isError && <ErrorPanel compact error={create.error} />}
      <div className="flex flex-wrap items-center justify-end gap-3">
        {going && !sent && state?.phase !== "failed" && <span className="text-fg-2">{song.startWhenSent}</span>}
        {!online && <span className="text-warn">{common.offline}</span>}
        <Button
          tone="main"
          size="lg"
          type="submit"
          disabled={fatal || !online}
          busy={create.isPending || create.isSuccess || (going && !sent && state?.phase === "sending")}
        >
          {song.start}
        </Button>
      </div>
    </form>
  );
}
