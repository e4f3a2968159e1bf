import "@/messages/accountErrors";
import { Bell, KeyRound, Lock, ShieldCheck, UserRound, Webhook } from "lucide-react";
import { SideFrame } from "@/frame/SideFrame";
import { mails } from "@/messages/mails";
import { settings } from "@/messages/settings";
import { webhooks } from "@/messages/webhooks";

export function SettingsFrame() {
  return (
    <SideFrame
      label={settings.title}
      links={[
        { to: "/settings/profile", label: settings.profile, icon: UserRound },
        { to: "/settings/security", label: settings.security, icon: Lock },
        { to: "/settings/api-keys", label: settings.keys, icon: KeyRound },
        { to: "/settings/notifications", label: mails.title, icon: Bell },
        { to: "/settings/webhooks", label: webhooks.title, icon: Webhook },
        { to: "/settings/privacy", label: settings.privacy, icon: ShieldCheck },
      ]}
    />
  );
}
