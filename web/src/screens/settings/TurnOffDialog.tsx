import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import type { User } from "@/api/session";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { PasswordField } from "@/screens/auth/fields";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";

interface TurnOffDialogProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onOff: () => void;
}

export function TurnOffDialog({ user, onClose, onOff }: TurnOffDialogProps) {
  const form = useId();
  const [password, setPassword] = useState("");
  const off = useMutation({
    mutationFn: () => api.DELETE("/api/users/me/mfa", { body: { password: password || null } }),
    onSuccess: () => {
      toast(settings.mfaStopped);
      onOff();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    off.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.mfaStop}
      description={settings.mfaStopText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="danger"
            size="lg"
            type="submit"
            form={form}
            busy={off.isPending}
            disabled={user.has_password && password === ""}
          >
            {settings.mfaStop}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        {user.has_password && (
          <PasswordField
            label={settings.currentPassword}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
        {off.isError && <ErrorPanel compact error={off.error} />}
      </form>
    </Dialog>
  );
}
