import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { AuthCard } from "./AuthCard";
import { FormProblems } from "./FormProblems";
import { emailRule } from "./fields";
import { BackToSignIn } from "./TokenMissing";

export function ForgotScreen() {
  const form = useForm({
    resolver: zodResolver(z.object({ email: emailRule() })),
    defaultValues: { email: "" },
    mode: "onTouched",
  });
  const ask = useMutation({ mutationFn: (body: { email: string }) => api.POST("/api/auth/forgot-password", { body }) });
  if (ask.isSuccess) {
    return (
      <div className="rounded-xl bg-panel ring-line">
        <Empty
          icon={<MailCheck />}
          title={auth.mailSentTitle}
          text={auth.linkSent({ email: form.getValues("email") })}
          action={<BackToSignIn />}
        />
      </div>
    );
  }
  const { errors, isSubmitted } = form.formState;
  return (
    <AuthCard title={auth.forgotTitle} text={auth.forgotText} below={<BackToSignIn />}>
      <form noValidate onSubmit={form.handleSubmit((values) => ask.mutate(values))} className="flex flex-col gap-4">
        <FormProblems errors={errors} refusal={ask.error} submitted={isSubmitted} />
        <Field label={auth.email} error={errors.email?.message}>
          <Input type="email" autoComplete="username" inputMode="email" {...form.register("email")} />
        </Field>
        <Button tone="main" size="lg" type="submit" busy={ask.isPending}>
          {auth.sendLink}
        </Button>
      </form>
    </AuthCard>
  );
}
