import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input, Select } from "@/ui/Input";
import { SecretField } from "./SecretField";

type Scope = Schemas["Scope"];

const SCOPES: readonly Scope[] = ["read", "write", "generate"];
const DAYS = [30, 90, 365] as const;
const USUAL_DAYS = "90";

interface NewApiKeyProps {
  readonly onClose: () => void;
  readonly onMade: () => Promise<unknown>;
}

export function NewApiKey({ onClose, onMade }: NewApiKeyProps) {
  const form = useId();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [days, setDays] = useState(USUAL_DAYS);
  const make = useMutation({
    mutationFn: async () =>
      (
        await api.POST("/api/keys", {
          body: { name: name.trim(), scopes: [...scopes], expires_in_days: days === "" ? null : Number(days) },
        })
      ).data,
    onSuccess: onMade,
  });
  const ready = name.trim() !== "" && scopes.length > 0;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) make.mutate();
  }
  if (make.data) {
    return (
      <Dialog
        open
        mustAnswer
        onOpenChange={(open) => !open && onClose()}
        title={settings.apiMadeTitle}
        description={settings.apiMadeText}
        footer={
          <Button tone="main" size="lg" onClick={onClose}>
            {common.close}
          </Button>
        }
      >
        <SecretField label={settings.apiSecret} value={make.data.secret} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={settings.apiNew}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button tone="main" size="lg" type="submit" form={form} busy={make.isPending} disabled={!ready}>
            {settings.apiNew}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={settings.apiName} hint={settings.apiNameHint}>
          <Input value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1.5 font-medium text-fg-2 text-xs">{settings.apiScopes}</legend>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              checked={scopes.includes(scope)}
              onChange={(on) => setScopes(SCOPES.filter((one) => (one === scope ? on : scopes.includes(one))))}
            >
              {settings.scopes[scope]}
            </Checkbox>
          ))}
        </fieldset>
        <Field label={settings.apiExpires}>
          <Select value={days} onChange={(event) => setDays(event.target.value)}>
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {settings.apiDays({ days: count })}
              </option>
            ))}
            <option value="">{settings.apiNever}</option>
          </Select>
        </Field>
        {make.isError && <ErrorPanel compact error={make.error} />}
      </form>
    </Dialog>
  );
}
