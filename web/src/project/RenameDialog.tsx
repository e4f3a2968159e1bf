import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, ifMatch, type Schemas } from "@/api/client";
import { common } from "@/messages/common";
import { frame } from "@/messages/frame";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";

interface RenameDialogProps {
  readonly project: Pick<Schemas["ProjectView"], "id" | "title" | "version">;
  readonly onClose: () => void;
}

export function RenameDialog({ project, onClose }: RenameDialogProps) {
  const queries = useQueryClient();
  const form = useId();
  const [title, setTitle] = useState(project.title);
  const rename = useMutation({
    mutationFn: () =>
      api.PATCH("/api/projects/{id}", {
        params: { path: { id: project.id }, header: { "If-Match": ifMatch(project.version) } },
        body: { title: title.trim() },
      }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (title.trim() !== "") rename.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={frame.rename}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            type="submit"
            form={form}
            busy={rename.isPending}
            disabled={title.trim() === ""}
          >
            {common.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        <Field label={frame.songTitle} error={title.trim() === "" ? common.required : null}>
          <Input
            value={title}
            maxLength={255}
            onChange={(event) => setTitle(event.target.value)}
            onFocus={(event) => event.target.select()}
          />
        </Field>
        {rename.isError && <ErrorPanel compact error={rename.error} />}
      </form>
    </Dialog>
  );
}
