import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import { serviceName } from "@/api/services";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { PasswordField } from "@/screens/auth/fields";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";

interface ServiceKeyDialogProps {
  readonly provider: string;
  readonly onClose: () => void;
  readonly onSaved: () => Promise<unknown>;
}

export function ServiceKeyDialog({ provider, onClose, onSaved }: ServiceKeyDialogProps) {
  const form = useId();
  const service = serviceName(provider);
  const [text, setText] = useState("");
  const key = text.trim();
  // As the server has it: printable characters without blanks.
  const fits = /^[!-~]{8,4096}$/.test(key);
  const save = useMutation({
    mutationFn: () =>
      api.PUT("/api/users/me/provider-keys/{provider}", { params: { path: { provider } }, body: { key } }),
    onSuccess: async () => {
      await onSaved();
      toast(settings.keySaved({ service }), { tone: "ok" });
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (fits) save.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.keyFor({ service })}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={save.isPending} disabled={!fits}>
            {common.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <PasswordField
          label={settings.keyField}
          hint={settings.keyHint}
          error={key !== "" && !fits ? settings.keyWrong : undefined}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {save.isError && <ErrorPanel compact error={save.error} />}
      </form>
    </Dialog>
  );
}
