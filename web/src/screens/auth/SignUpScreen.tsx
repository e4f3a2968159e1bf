import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { getLocale } from "@/i18n/locale";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { AuthCard } from "./AuthCard";
import { FormProblems } from "./FormProblems";
import { emailRule, nameRule, newPasswordRule, PasswordField } from "./fields";
import { OtherAccounts } from "./OtherAccounts";
import { ResendButton } from "./ResendButton";

export function SignUpScreen() {
  const { next } = useSearch({ from: "/auth/sign-up" });
  const form = useForm({
    resolver: zodResolver(z.object({ name: nameRule(), email: emailRule(), password: newPasswordRule() })),
    defaultValues: { name: "", email: "", password: "" },
    mode: "onTouched",
  });
  const signUp = useMutation({
    mutationFn: (values: { name: string; email: string; password: string }) =>
      api.POST("/api/auth/signup", { body: { ...values, locale: getLocale() } }),
  });
  const { errors, isSubmitted } = form.formState;
  const email = form.getValues("email");
  if (signUp.isSuccess) {
    return (
      <div className="rounded-xl bg-panel ring-line">
        <Empty
          icon={<MailCheck />}
          title={auth.mailSentTitle}
          text={auth.mailSentText({ email })}
          action={<ResendButton email={email} />}
        />
      </div>
    );
  }
  return (
    <AuthCard
      title={auth.signUpTitle}
      text={auth.signUpText}
      below={
        <>
          {auth.haveAccount}{" "}
          <Link to="/sign-in" search={{ next }} className="text-ember underline-offset-4 hover:underline">
            {auth.signIn}
          </Link>
        </>
      }
    >
      <form noValidate onSubmit={form.handleSubmit((values) => signUp.mutate(values))} className="flex flex-col gap-4">
        <FormProblems errors={errors} refusal={signUp.error} submitted={isSubmitted} />
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
        <Button tone="main" size="lg" type="submit" busy={signUp.isPending}>
          {auth.signUp}
        </Button>
      </form>
      <OtherAccounts next={next} />
    </AuthCard>
  );
}
