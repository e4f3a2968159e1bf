import { frame } from "@/messages/frame";

/** The places in the top bar, in the language in use. */
export function appLinks() {
  return [
    { to: "/home", label: frame.home },
    { to: "/characters", label: frame.characters },
    { to: "/templates", label: frame.templates },
  ] as const;
}

/** The places in the account menu. */
export function accountLinks(isAdmin: boolean) {
  return [
    { to: "/billing", label: frame.billing },
    { to: "/usage", label: frame.usage },
    { to: "/settings/profile", label: frame.settings },
    ...(isAdmin ? ([{ to: "/admin/queue", label: frame.admin }] as const) : []),
  ] as const;
}
