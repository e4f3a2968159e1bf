import { useNavigate } from "@tanstack/react-router";
import { CreditCard, Globe, Keyboard, LogOut, Monitor, Moon, Settings, ShieldUser, Sun, Wallet } from "lucide-react";
import { type User, useSessionChange } from "@/api/session";
import { getLocale } from "@/i18n/locale";
import { frame } from "@/messages/frame";
import { useTheme } from "@/theme/theme";
import { Avatar } from "@/ui/Avatar";
import { Menu, type MenuItem } from "@/ui/Menu";
import { useLanguageSwitch } from "./language";
import { accountLinks } from "./links";
import { useOverlay } from "./overlays";

const ICONS = {
  "/settings/profile": Settings,
  "/billing": CreditCard,
  "/usage": Wallet,
  "/admin/queue": ShieldUser,
} as const;

export function AccountMenu({ user, extra = [] }: { readonly user: User; readonly extra?: readonly MenuItem[] }) {
  const navigate = useNavigate();
  const { signOut } = useSessionChange();
  const { choice, choose } = useTheme();
  const switchLanguage = useLanguageSwitch();
  const open = useOverlay((overlay) => overlay.open);
  const name = user.name ?? user.email;
  return (
    <Menu
      heading={user.email}
      trigger={
        <button
          type="button"
          aria-label={`${frame.account}: ${name}`}
          className="rounded-full p-0.5 transition-colors duration-[120ms] hover:bg-hover"
        >
          <Avatar name={name} src={user.avatar_url} />
        </button>
      }
      items={[
        ...extra,
        ...accountLinks(user.role === "admin").map(({ to, label }) => {
          const Icon = ICONS[to];
          return { label, icon: <Icon aria-hidden />, onSelect: () => void navigate({ to }) };
        }),
        null,
        { label: getLocale() === "ko" ? "English" : "한국어", icon: <Globe aria-hidden />, onSelect: switchLanguage },
        { label: frame.dark, icon: <Moon aria-hidden />, checked: choice === "dark", onSelect: () => choose("dark") },
        { label: frame.light, icon: <Sun aria-hidden />, checked: choice === "light", onSelect: () => choose("light") },
        {
          label: frame.system,
          icon: <Monitor aria-hidden />,
          checked: choice === "system",
          onSelect: () => choose("system"),
        },
        { label: frame.shortcuts, icon: <Keyboard aria-hidden />, keys: "?", onSelect: () => open("shortcuts") },
        null,
        {
          label: frame.signOut,
          icon: <LogOut aria-hidden />,
          onSelect: () => {
            signOut().then(() => navigate({ to: "/" }));
          },
        },
      ]}
    />
  );
}
