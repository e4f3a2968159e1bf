import "@/messages/accountErrors";
import { KeyRound, Lock, ShieldCheck, UserRound } from "lucide-react";
import { SideFrame } from "@/frame/SideFrame";
import { settings } from "@/messages/settings";

export function SettingsFrame() {
  return (
    <SideFrame
      label={settings.title}
      links={[
        { to: "/settings/profile", label: settings.profile, icon: UserRound },
        { to: "/settings/security", label: settings.security, icon: Lock },
        { to: "/settings/api-keys", label: settings.keys, icon: KeyRound },
        { to: "/settings/privacy", label: settings.privacy, icon: ShieldCheck },
      ]}
    />
  );
}
