import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { CircleAlert, MailCheck } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import type { User } from "@/api/session";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { FormProblems } from "@/screens/auth/FormProblems";
import { emailRule, oldPasswordRule, PasswordField } from "@/screens/auth/fields";
import { ResendButton } from "@/screens/auth/ResendButton";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { Panel } from "@/ui/Panel";

export function EmailPanel({ user }: { readonly user: User }) {
  const [open, setOpen] = useState(false);
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          {settings.emailTitle}
          {!user.email_verified && (
            <Badge tone="warn" icon={<CircleAlert aria-hidden />}>
              {settings.unverified}
            </Badge>
          )}
        </span>
      }
      text={settings.emailText({ email: user.email })}
      aside={
        <>
          {!user.email_verified && <ResendButton email={user.email} />}
          {!open && <Button onClick={() => setOpen(true)}>{settings.changeEmail}</Button>}
        </>
      }
    >
      {(sentTo || open) && (
        <>
          {sentTo && (
            <p role="status" className="flex items-center gap-2 text-sm">
              <MailCheck aria-hidden className="size-4 shrink-0 text-ok" />
              {settings.moveSent({ email: sentTo })}
            </p>
          )}
          {open && (
            <MoveForm
              user={user}
              onClose={() => setOpen(false)}
              onSent={(email) => {
                setSentTo(email);
                setOpen(false);
              }}
            />
          )}
        </>
      )}
    </Panel>
  );
}

interface MoveFormProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onSent: (email: string) => void;
}

function MoveForm({ user, onClose, onSent }: MoveFormProps) {
  const form = useForm({
    resolver: zodResolver(
      z.object({ email: emailRule(), password: user.has_password ? oldPasswordRule() : z.string() }),
    ),
    defaultValues: { email: "", password: "" },
    mode: "onTouched",
  });
  const move = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      api.POST("/api/users/me/email", { body: { new_email: email, password: password || null } }),
    onSuccess: (_, { email }) => onSent(email),
  });
  const { errors, isSubmitted } = form.formState;
  return (
    <form noValidate onSubmit={form.handleSubmit((values) => move.mutate(values))} className="flex flex-col gap-4">
      <FormProblems errors={errors} refusal={move.error} submitted={isSubmitted} />
      <Field label={settings.newEmail} error={errors.email?.message}>
        <Input autoFocus type="email" inputMode="email" autoComplete="email" {...form.register("email")} />
      </Field>
      {user.has_password && (
        <PasswordField
          label={settings.currentPassword}
          error={errors.password?.message}
          autoComplete="current-password"
          {...form.register("password")}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button tone="main" size="lg" type="submit" busy={move.isPending}>
          {settings.changeEmail}
        </Button>
        <Button tone="quiet" size="lg" onClick={onClose}>
          {common.cancel}
        </Button>
      </div>
    </form>
  );
}
