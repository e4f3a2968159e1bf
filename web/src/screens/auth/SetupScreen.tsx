import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { useSessionChange } from "@/api/session";
import { getLocale } from "@/i18n/locale";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { AuthCard } from "./AuthCard";
import { FormProblems } from "./FormProblems";
import { emailRule, nameRule, newPasswordRule, PasswordField } from "./fields";
import { TokenMissing } from "./TokenMissing";

/** Where the link leads that a new server prints: it makes the first account, the admin's. */
export function SetupScreen() {
  const { token } = useSearch({ from: "/auth/setup" });
  const navigate = useNavigate();
  const { signedIn, changed } = useSessionChange();
  const form = useForm({
    resolver: zodResolver(z.object({ name: nameRule(), email: emailRule(), password: newPasswordRule() })),
    defaultValues: { name: "", email: "", password: "" },
    mode: "onTouched",
  });
  const setUp = useMutation({
    mutationFn: async (values: { name: string; email: string; password: string }) =>
      (await api.POST("/api/auth/first-admin", { body: { ...values, token: token ?? "" } })).data,
    onSuccess: async (answer) => {
      if (!answer) return;
      // The first account has no language yet: it takes the one that this page is read in.
      const locale = getLocale();
      signedIn({ ...answer.user, locale });
      const { data } = await api.PATCH("/api/users/me", { body: { locale } });
      if (data) changed(data.user);
      await navigate({ to: "/onboarding", replace: true });
    },
  });
  if (!token) return <TokenMissing />;
  const { errors, isSubmitted } = form.formState;
  return (
    <AuthCard title={auth.setupTitle} text={auth.setupText}>
      <form noValidate onSubmit={form.handleSubmit((values) => setUp.mutate(values))} className="flex flex-col gap-4">
        <FormProblems errors={errors} refusal={setUp.error} submitted={isSubmitted} />
        <Field label={auth.name} error={errors.name?.message}>
          <Input autoComplete="name" {...form.register("name")} />
        </Field>
        <Field label={auth.email} error={errors.email?.message}>
          <Input type="email" autoComplete="username" inputMode="email" {...form.register("email")} />
        </Field>
        <PasswordField
          label={auth.password}
          hint={auth.passwordHint}
          error={errors.password?.message}
          autoComplete="new-password"
          {...form.register("password")}
        />
        <Button tone="main" size="lg" type="submit" busy={setUp.isPending}>
          {auth.setup}
        </Button>
      </form>
    </AuthCard>
  );
}
