import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { User } from "@/api/session";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";

interface SecondStepProps {
  readonly challenge: string;
  readonly onSignedIn: (user: User) => void;
  readonly onBack: () => void;
}

export function SecondStep({ challenge, onSignedIn, onBack }: SecondStepProps) {
  const [code, setCode] = useState("");
  const show = useMutation({
    mutationFn: async () => (await api.POST("/api/auth/mfa", { body: { challenge, code: code.trim() } })).data,
    onSuccess: (answer) => answer && onSignedIn(answer.user),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (code.trim() !== "") show.mutate();
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div>
        <h2 className="font-semibold text-base">{auth.codeTitle}</h2>
        <p className="text-fg-2">{auth.codeText}</p>
      </div>
      {show.isError && <ErrorPanel compact error={show.error} />}
      <Field label={auth.code}>
        <Input
          autoFocus
          autoComplete="one-time-code"
          inputMode="numeric"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          className="tnum text-center text-lg tracking-[0.3em]"
        />
      </Field>
      <Button tone="main" size="lg" type="submit" busy={show.isPending} disabled={code.trim() === ""}>
        {auth.confirm}
      </Button>
      <Button tone="quiet" onClick={onBack}>
        {auth.otherAccount}
      </Button>
    </form>
  );
}
