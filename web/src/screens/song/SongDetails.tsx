import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch } from "@/api/client";
import { whileSaving } from "@/frame/TopBar";
import { song } from "@/messages/song";
import { type ProjectView, projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { toast } from "@/ui/toasts";

interface SongDetailsProps {
  readonly project: ProjectView;
  readonly editable: boolean;
}

export function SongDetails({ project, editable }: SongDetailsProps) {
  const queries = useQueryClient();
  const [title, setTitle] = useState(project.title);
  const [artist, setArtist] = useState(project.artist);
  const changed = title.trim() !== project.title || artist.trim() !== project.artist;
  const save = useMutation({
    mutationFn: () =>
      whileSaving(
        api.PATCH("/api/projects/{id}", {
          params: { path: { id: project.id }, header: { "If-Match": ifMatch(project.version) } },
          body: { title: title.trim(), artist: artist.trim() },
        }),
      ),
    onSuccess: async () => {
      toast(song.details_saved, { tone: "ok" });
      await queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
    },
    // Somebody else was faster: show what is there now beside what was typed, and save on that.
    onError: () => queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (title.trim() !== "") save.mutate();
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 rounded-xl bg-panel p-4 ring-line sm:p-5">
      <h3 className="font-semibold text-base">{song.details}</h3>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={song.title} error={title.trim() === "" ? song.titleNeeded : null}>
          <Input
            value={title}
            maxLength={255}
            disabled={!editable}
            onChange={(event) => setTitle(event.target.value)}
          />
        </Field>
        <Field label={song.artist} optional>
          <Input
            value={artist}
            maxLength={255}
            disabled={!editable}
            onChange={(event) => setArtist(event.target.value)}
          />
        </Field>
      </div>
      {save.isError && <ErrorPanel compact error={save.error} />}
      {editable && changed && (
        <div className="flex justify-end">
          <Button tone="main" size="lg" type="submit" busy={save.isPending} disabled={title.trim() === ""}>
            {song.save}
          </Button>
        </div>
      )}
    </form>
  );
}
