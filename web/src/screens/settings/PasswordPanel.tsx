import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { $api, api } from "@/api/client";
import { type User, useSessionChange } from "@/api/session";
import { auth } from "@/messages/auth";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { FormProblems } from "@/screens/auth/FormProblems";
import { newPasswordRule, oldPasswordRule, PasswordField } from "@/screens/auth/fields";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toasts";

export function PasswordPanel({ user }: { readonly user: User }) {
  const [open, setOpen] = useState(false);
  const verb = user.has_password ? settings.changePassword : settings.setPassword;
  return (
    <Panel
      title={settings.passwordTitle}
      text={user.has_password ? settings.passwordText : settings.passwordNone}
      aside={!open && <Button onClick={() => setOpen(true)}>{verb}</Button>}
    >
      {open && <PasswordForm user={user} verb={verb} onClose={() => setOpen(false)} />}
    </Panel>
  );
}

interface PasswordFormProps {
  readonly user: User;
  readonly verb: string;
  readonly onClose: () => void;
}

function PasswordForm({ user, verb, onClose }: PasswordFormProps) {
  const queries = useQueryClient();
  const { changed } = useSessionChange();
  const form = useForm({
    resolver: zodResolver(
      z.object({ current: user.has_password ? oldPasswordRule() : z.string(), fresh: newPasswordRule() }),
    ),
    defaultValues: { current: "", fresh: "" },
    mode: "onTouched",
  });
  const change = useMutation({
    mutationFn: ({ current, fresh }: { current: string; fresh: string }) =>
      api.POST("/api/users/me/password", { body: { current_password: current || null, new_password: fresh } }),
    onSuccess: async () => {
      changed({ ...user, has_password: true });
      toast(settings.passwordChanged, { tone: "ok" });
      onClose();
      await queries.invalidateQueries($api.queryOptions("get", "/api/users/me/sessions"));
    },
  });
  const { errors, isSubmitted } = form.formState;
  return (
    <form noValidate onSubmit={form.handleSubmit((values) => change.mutate(values))} className="flex flex-col gap-4">
      <FormProblems errors={errors} refusal={change.error} submitted={isSubmitted} />
      {/* Password managers tie the new password to this. */}
      <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
      {user.has_password && (
        <PasswordField
          autoFocus
          label={settings.currentPassword}
          error={errors.current?.message}
          autoComplete="current-password"
          {...form.register("current")}
        />
      )}
      <PasswordField
        label={settings.newPassword}
        hint={auth.passwordHint}
        error={errors.fresh?.message}
        autoComplete="new-password"
        {...form.register("fresh")}
      />
      <div className="flex flex-wrap gap-2">
        <Button tone="main" size="lg" type="submit" busy={change.isPending}>
          {verb}
        </Button>
        <Button tone="quiet" size="lg" onClick={onClose}>
          {common.cancel}
        </Button>
      </div>
    </form>
  );
}
