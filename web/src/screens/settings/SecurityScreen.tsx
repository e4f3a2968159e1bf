import { useUser } from "@/api/session";
import { settings } from "@/messages/settings";
import { Boundary } from "@/ui/Boundary";
import { ConnectedAccounts } from "./ConnectedAccounts";
import { Devices } from "./Devices";
import { EmailPanel } from "./EmailPanel";
import { History } from "./History";
import { PasswordPanel } from "./PasswordPanel";
import { SecondFactor } from "./SecondFactor";

export function SecurityScreen() {
  const user = useUser();
  if (!user) return null;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <h1 className="font-semibold text-xl">{settings.security}</h1>
      <EmailPanel user={user} />
      <PasswordPanel user={user} />
      <SecondFactor user={user} />
      <Boundary>
        <ConnectedAccounts />
      </Boundary>
      <Boundary>
        <Devices />
      </Boundary>
      <Boundary>
        <History />
      </Boundary>
    </div>
  );
}
