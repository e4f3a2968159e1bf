import { useUser } from "@/api/session";
import { formatDate } from "@/i18n/format";
import { frame } from "@/messages/frame";
import { settings } from "@/messages/settings";
import { useTheme } from "@/theme/theme";
import { Segmented } from "@/ui/Choice";
import { Panel } from "@/ui/Panel";
import { AboutYou } from "./AboutYou";
import { Region } from "./Region";

export function ProfileScreen() {
  const user = useUser();
  const { choice, choose } = useTheme();
  if (!user) return null;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <header>
        <h1 className="font-semibold text-xl">{settings.profile}</h1>
        <p className="mt-0.5 text-fg-3 text-sm">{settings.memberSince({ date: formatDate(user.created_at) })}</p>
      </header>
      <AboutYou user={user} />
      <Region user={user} />
      <Panel title={settings.look} text={settings.lookText}>
        <Segmented
          label={settings.look}
          value={choice}
          onChange={choose}
          options={[
            { value: "dark", label: frame.dark },
            { value: "light", label: frame.light },
            { value: "system", label: frame.system },
          ]}
        />
      </Panel>
    </div>
  );
}
