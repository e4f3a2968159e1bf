import { ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { type User, useSessionChange } from "@/api/session";
import { settings } from "@/messages/settings";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { NewCodesDialog } from "./NewCodesDialog";
import { RecoveryCodes } from "./RecoveryCodes";
import { TurnOffDialog } from "./TurnOffDialog";
import { TurnOnDialog } from "./TurnOnDialog";

type Step = "on" | "off" | "codes" | null;

export function SecondFactor({ user }: { readonly user: User }) {
  const { changed } = useSessionChange();
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const show = (fresh: readonly string[]) => {
    setStep(null);
    setCodes(fresh);
    changed({ ...user, mfa_enabled: true });
  };
  const close = () => setStep(null);
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          {settings.mfaTitle}
          {user.mfa_enabled ? (
            <Badge tone="ok" icon={<ShieldCheck aria-hidden />}>
              {settings.mfaOn}
            </Badge>
          ) : (
            <Badge icon={<ShieldOff aria-hidden />}>{settings.mfaOff}</Badge>
          )}
        </span>
      }
      text={settings.mfaText}
      aside={
        user.mfa_enabled ? (
          <>
            <Button onClick={() => setStep("codes")}>{settings.recoveryNew}</Button>
            <Button tone="quiet" onClick={() => setStep("off")}>
              {settings.mfaStop}
            </Button>
          </>
        ) : (
          <Button onClick={() => setStep("on")}>{settings.mfaStart}</Button>
        )
      }
    >
      {step === "on" && <TurnOnDialog onClose={close} onCodes={show} />}
      {step === "codes" && <NewCodesDialog onClose={close} onCodes={show} />}
      {step === "off" && (
        <TurnOffDialog
          user={user}
          onClose={close}
          onOff={() => {
            close();
            changed({ ...user, mfa_enabled: false });
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </Panel>
  );
}
