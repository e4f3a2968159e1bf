import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { useEffect } from "react";
import { api } from "@/api/client";
import { useSessionChange } from "@/api/session";
import { auth } from "@/messages/auth";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";
import { BackToSignIn, TokenMissing } from "./TokenMissing";

/** Where the button of the confirmation mail leads: it confirms the address and signs in. */
export function VerifyScreen() {
  const { token } = useSearch({ from: "/auth/verify-email" });
  const navigate = useNavigate();
  const { signedIn } = useSessionChange();
  const { mutate, error } = useMutation({
    mutationFn: async (link: string) => (await api.POST("/api/auth/verify-email", { body: { token: link } })).data,
    onSuccess: (answer) => {
      if (!answer) return;
      signedIn(answer.user);
      toast(auth.verified, { tone: "ok" });
      void navigate({ to: "/onboarding", replace: true });
    },
  });
  useEffect(() => {
    if (token) mutate(token);
  }, [token, mutate]);
  if (!token) return <TokenMissing />;
  if (error) {
    return (
      <div className="text-center">
        <ErrorPanel error={error} />
        <BackToSignIn />
      </div>
    );
  }
  return (
    <div role="status">
      <Empty icon={<MailCheck />} title={auth.verifying} />
    </div>
  );
}
