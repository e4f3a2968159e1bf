import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { auth } from "@/messages/auth";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";

export function ResendButton({ email }: { readonly email: string }) {
  const resend = useMutation({ mutationFn: () => api.POST("/api/auth/verify-email/resend", { body: { email } }) });
  return (
    <div className="flex flex-col gap-2">
      <Button size="lg" busy={resend.isPending} disabled={resend.isSuccess} onClick={() => resend.mutate()}>
        {resend.isSuccess ? auth.resent : auth.resend}
      </Button>
      {resend.isError && <ErrorPanel compact error={resend.error} />}
    </div>
  );
}
