import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, ifMatch } from "@/api/client";
import { characters } from "@/messages/characters";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input, Textarea } from "@/ui/Input";
import type { Character } from "./character";

interface CharacterDetailsProps {
  readonly character: Character;
  /** Words to begin with instead of those that are there. */
  readonly look?: string;
  readonly onClose: () => void;
  readonly onSaved: () => Promise<unknown>;
}

export function CharacterDetails({ character, look: proposed, onClose, onSaved }: CharacterDetailsProps) {
  const form = useId();
  const [name, setName] = useState(character.name);
  const [look, setLook] = useState(proposed ?? character.description ?? "");
  const named = name.trim().length >= 2;
  const save = useMutation({
    mutationFn: () =>
      api.PATCH("/api/characters/{id}", {
        params: { path: { id: character.id }, header: { "If-Match": ifMatch(character.version) } },
        body: { name: name.trim(), description: look.trim() },
      }),
    onSuccess: async () => {
      await onSaved();
      onClose();
    },
    // Somebody else was faster: the next try is made on what is there now.
    onError: () => onSaved(),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (named) save.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={characters.edit}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={save.isPending} disabled={!named}>
            {common.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={characters.name} error={named ? null : characters.nameNeeded}>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={characters.look} optional hint={characters.lookHint}>
          <Textarea value={look} maxLength={500} rows={4} onChange={(event) => setLook(event.target.value)} />
        </Field>
        {save.isError && <ErrorPanel compact error={save.error} />}
      </form>
    </Dialog>
  );
}
