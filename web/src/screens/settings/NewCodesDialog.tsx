import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { CodeField } from "./CodeField";

interface NewCodesDialogProps {
  readonly onClose: () => void;
  readonly onCodes: (codes: readonly string[]) => void;
}

export function NewCodesDialog({ onClose, onCodes }: NewCodesDialogProps) {
  const form = useId();
  const [code, setCode] = useState("");
  const get = useMutation({
    mutationFn: async () => (await api.POST("/api/users/me/mfa/recovery-codes", { body: { code } })).data,
    onSuccess: (answer) => answer && onCodes(answer.recovery_codes),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    get.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.recoveryNew}
      description={settings.recoveryNewText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={get.isPending} disabled={code.length < 6}>
            {settings.recoveryGet}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <CodeField label={settings.mfaCode} value={code} onChange={setCode} />
        {get.isError && <ErrorPanel compact error={get.error} />}
      </form>
    </Dialog>
  );
}
