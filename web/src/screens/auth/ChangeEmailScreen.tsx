import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { AtSign } from "lucide-react";
import { api } from "@/api/client";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { BackToSignIn, TokenMissing } from "./TokenMissing";

export function ChangeEmailScreen() {
  const { token } = useSearch({ from: "/auth/change-email" });
  const change = useMutation({
    mutationFn: () => api.POST("/api/auth/change-email", { body: { token: token ?? "" } }),
  });
  if (!token) return <TokenMissing />;
  if (change.isSuccess) return <Empty icon={<AtSign />} title={auth.changed} action={<BackToSignIn />} />;
  return (
    <>
      <Empty
        icon={<AtSign />}
        title={auth.changeTitle}
        text={auth.changeText}
        action={
          <Button tone="main" size="lg" busy={change.isPending} onClick={() => change.mutate()}>
            {auth.changeNow}
          </Button>
        }
      />
      {change.isError && <ErrorPanel compact error={change.error} />}
    </>
  );
}
