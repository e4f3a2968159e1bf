import "@/messages/accountErrors";
import { sessionGate } from "@/api/session-gate";
import { frame } from "@/messages/frame";
import { SignInForm } from "@/screens/auth/SignInForm";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** Signs the person in where they are, when the session ran out under their hands. */
export function SignInAgain() {
  function leave() {
    sessionGate.left();
    location.assign("/sign-in");
  }
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      mustAnswer
      title={frame.again}
      description={frame.againHint}
      className="w-[min(24rem,calc(100vw-2rem))]"
    >
      <SignInForm onSignedIn={() => undefined} />
      <Button tone="quiet" className="mt-3 w-full" onClick={leave}>
        {frame.leave}
      </Button>
    </Dialog>
  );
}
