import { useUser } from "@/api/session";
import { settings } from "@/messages/settings";
import { Boundary } from "@/ui/Boundary";
import { CountedSwitch } from "./CountedSwitch";
import { DataExport } from "./DataExport";
import { DeleteAccount } from "./DeleteAccount";
import { SentToServices } from "./SentToServices";

export function PrivacyScreen() {
  const user = useUser();
  if (!user) return null;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <h1 className="font-semibold text-xl">{settings.privacy}</h1>
      <Boundary>
        <SentToServices />
      </Boundary>
      <CountedSwitch user={user} />
      <Boundary>
        <DataExport user={user} />
      </Boundary>
      <DeleteAccount user={user} />
    </div>
  );
}
