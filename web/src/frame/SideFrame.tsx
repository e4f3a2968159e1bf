import { Link, type LinkProps, Outlet, useLocation } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import { Boundary } from "@/ui/Boundary";
import { useActiveInSight } from "./use-active-in-sight";

interface SideFrameProps {
  /** Names the list of pages. */
  readonly label: string;
  readonly links: readonly { readonly to: LinkProps["to"]; readonly label: string; readonly icon: LucideIcon }[];
}

/** Pages that belong together, with their list at the side; on narrow screens above. */
export function SideFrame({ label, links }: SideFrameProps) {
  const { pathname } = useLocation();
  const row = useActiveInSight();
  return (
    <div className="grid gap-5 lg:grid-cols-[11.5rem_minmax(0,1fr)] lg:gap-8">
      <nav
        ref={row}
        aria-label={label}
        className="relative -mx-1 flex min-w-0 gap-0.5 overflow-x-auto p-1 lg:sticky lg:top-20 lg:flex-col lg:self-start lg:overflow-visible"
      >
        {links.map(({ to, label: name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className="flex h-8 shrink-0 items-center gap-2 rounded-md px-2.5 text-fg-2 text-sm transition-colors duration-[120ms] hover:bg-hover hover:text-fg [&_svg]:size-4"
            activeProps={{ className: "bg-hover font-medium text-fg" }}
          >
            <Icon aria-hidden />
            {name}
          </Link>
        ))}
      </nav>
      <div className="min-w-0">
        <Boundary key={pathname}>
          <Outlet />
        </Boundary>
      </div>
    </div>
  );
}
