import { ChartColumn, Cpu, HardDrive, ListTodo, Mail, ScrollText, Users, Wallet } from "lucide-react";
import { SideFrame } from "@/frame/SideFrame";
import { admin } from "@/messages/admin";
import { analytics } from "@/messages/analytics";
import { mails } from "@/messages/mails";

export function AdminFrame() {
  return (
    <SideFrame
      label={admin.title}
      links={[
        { to: "/admin/queue", label: admin.queue, icon: ListTodo },
        { to: "/admin/users", label: admin.users, icon: Users },
        { to: "/admin/calls", label: admin.calls, icon: Wallet },
        { to: "/admin/audit", label: admin.audit, icon: ScrollText },
        { to: "/admin/providers", label: admin.providers, icon: Cpu },
        { to: "/admin/mails", label: mails.list, icon: Mail },
        { to: "/admin/analytics", label: analytics.title, icon: ChartColumn },
        { to: "/admin/storage", label: admin.storage, icon: HardDrive },
      ]}
    />
  );
}
