import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type User, useSessionChange } from "@/api/session";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { FormProblems } from "./FormProblems";
import { emailRule, oldPasswordRule, PasswordField } from "./fields";
import { ResendButton } from "./ResendButton";
import { SecondStep } from "./SecondStep";

interface SignInFormProps {
  readonly onSignedIn: (user: User) => void;
}

/** Address and password, then the second step where one is set up. Used by the page and by the dialog that signs in again. */
export function SignInForm({ onSignedIn }: SignInFormProps) {
  const { signedIn } = useSessionChange();
  const [challenge, setChallenge] = useState<string | null>(null);
  const form = useForm({
    resolver: zodResolver(z.object({ email: emailRule(), password: oldPasswordRule() })),
    defaultValues: { email: "", password: "" },
    mode: "onTouched",
  });
  const signIn = useMutation({
    mutationFn: async (body: { email: string; password: string }) => (await api.POST("/api/auth/login", { body })).data,
    onSuccess: (answer) => {
      if (!answer) return;
      if ("challenge" in answer) setChallenge(answer.challenge);
      else arrive(answer.user);
    },
  });

  function arrive(user: User) {
    signedIn(user);
    onSignedIn(user);
  }

  if (challenge !== null) {
    return <SecondStep challenge={challenge} onSignedIn={arrive} onBack={() => setChallenge(null)} />;
  }
  const { errors, isSubmitted } = form.formState;
  const unverified = signIn.isError && asProblem(signIn.error).code === "email_not_verified";
  return (
    <form noValidate onSubmit={form.handleSubmit((values) => signIn.mutate(values))} className="flex flex-col gap-4">
      <FormProblems errors={errors} refusal={signIn.error} submitted={isSubmitted} />
      {unverified && <ResendButton email={form.getValues("email")} />}
      <Field label={auth.email} error={errors.email?.message}>
        <Input type="email" autoComplete="username" inputMode="email" {...form.register("email")} />
      </Field>
      <PasswordField
        label={auth.password}
        error={errors.password?.message}
        autoComplete="current-password"
        aside={
          <Link to="/forgot" className="text-fg-2 underline-offset-4 hover:text-fg hover:underline">
            {auth.forgotLink}
          </Link>
        }
        {...form.register("password")}
      />
      <Button tone="main" size="lg" type="submit" busy={signIn.isPending}>
        {auth.signIn}
      </Button>
    </form>
  );
}
