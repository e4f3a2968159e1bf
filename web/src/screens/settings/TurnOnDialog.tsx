import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
import { api } from "@/api/client";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { CodeField } from "./CodeField";
import { SecretField } from "./SecretField";

interface TurnOnDialogProps {
  readonly onClose: () => void;
  readonly onCodes: (codes: readonly string[]) => void;
}

export function TurnOnDialog({ onClose, onCodes }: TurnOnDialogProps) {
  const form = useId();
  const [code, setCode] = useState("");
  const { mutate: prepare, ...prepared } = useMutation({
    mutationFn: async () => (await api.POST("/api/users/me/mfa")).data,
  });
  const confirm = useMutation({
    mutationFn: async () => (await api.POST("/api/users/me/mfa/confirm", { body: { code } })).data,
    onSuccess: (answer) => answer && onCodes(answer.recovery_codes),
  });
  useEffect(() => prepare(), [prepare]);
  function submit(event: FormEvent) {
    event.preventDefault();
    confirm.mutate();
  }
  const shared = prepared.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.mfaStart}
      description={settings.mfaScan}
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
            busy={confirm.isPending}
            disabled={!shared || code.length < 6}
          >
            {settings.mfaConfirm}
          </Button>
        </>
      }
    >
      {prepared.isError && <ErrorPanel compact error={prepared.error} onRetry={() => prepare()} />}
      {prepared.isPending && (
        <Loading>
          <Skeleton className="mx-auto size-44" />
        </Loading>
      )}
      {shared && (
        <form id={form} onSubmit={submit} className="flex flex-col gap-4">
          <img
            src={`data:image/svg+xml;utf8,${encodeURIComponent(shared.qr_svg)}`}
            alt={settings.mfaQr}
            className="mx-auto size-44 rounded-lg bg-white p-2"
          />
          <SecretField label={settings.mfaSecret} value={shared.secret} />
          <CodeField label={settings.mfaCode} value={code} onChange={setCode} />
          {confirm.isError && <ErrorPanel compact error={confirm.error} />}
        </form>
      )}
    </Dialog>
  );
}
