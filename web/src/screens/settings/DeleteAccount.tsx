import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import type { User } from "@/api/session";
import { sessionGate } from "@/api/session-gate";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { PasswordField } from "@/screens/auth/fields";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { Panel } from "@/ui/Panel";

export function DeleteAccount({ user }: { readonly user: User }) {
  const [asking, setAsking] = useState(false);
  return (
    <Panel
      danger
      title={settings.deleteTitle}
      text={settings.deleteText}
      aside={
        <Button tone="danger" onClick={() => setAsking(true)}>
          {settings.deleteStart}
        </Button>
      }
    >
      {asking && <DeleteDialog user={user} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function DeleteDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const form = useId();
  const queries = useQueryClient();
  const [proof, setProof] = useState("");
  const sure = user.has_password ? proof !== "" : proof.trim().toLowerCase() === user.email.toLowerCase();
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/users/me", { body: user.has_password ? { password: proof } : {} }),
    onSuccess: () => {
      sessionGate.left();
      queries.clear();
      // The start is a page of its own.
      location.assign("/");
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (sure) remove.mutate();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.deleteAsk}
      description={settings.deleteText}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="danger" size="lg" type="submit" form={form} busy={remove.isPending} disabled={!sure}>
            {settings.deleteStart}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-fg-2 text-sm">{settings.deleteFirst}</p>
        {user.has_password ? (
          <PasswordField
            label={settings.deletePassword}
            autoComplete="current-password"
            value={proof}
            onChange={(event) => setProof(event.target.value)}
          />
        ) : (
          <Field label={settings.deleteConfirm({ email: user.email })}>
            <Input autoComplete="off" value={proof} onChange={(event) => setProof(event.target.value)} />
          </Field>
        )}
        {remove.isError && <ErrorPanel compact error={remove.error} />}
      </form>
    </Dialog>
  );
}
