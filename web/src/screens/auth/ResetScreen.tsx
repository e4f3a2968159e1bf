import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { AuthCard } from "./AuthCard";
import { FormProblems } from "./FormProblems";
import { newPasswordRule, PasswordField } from "./fields";
import { BackToSignIn, TokenMissing } from "./TokenMissing";

export function ResetScreen() {
  const { token } = useSearch({ from: "/auth/reset-password" });
  const form = useForm({
    resolver: zodResolver(z.object({ password: newPasswordRule() })),
    defaultValues: { password: "" },
    mode: "onTouched",
  });
  const reset = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      api.POST("/api/auth/reset-password", { body: { password, token: token ?? "" } }),
  });
  if (!token) return <TokenMissing />;
  if (reset.isSuccess) return <Empty icon={<KeyRound />} title={auth.resetDone} action={<BackToSignIn />} />;
  const { errors, isSubmitted } = form.formState;
  return (
    <AuthCard title={auth.resetTitle} below={<BackToSignIn />}>
      <form noValidate onSubmit={form.handleSubmit((values) => reset.mutate(values))} className="flex flex-col gap-4">
        <FormProblems errors={errors} refusal={reset.error} submitted={isSubmitted} />
        <PasswordField
          label={auth.newPassword}
          hint={auth.passwordHint}
          error={errors.password?.message}
          autoComplete="new-password"
          {...form.register("password")}
        />
        <Button tone="main" size="lg" type="submit" busy={reset.isPending}>
          {auth.resetTitle}
        </Button>
      </form>
    </AuthCard>
  );
}
