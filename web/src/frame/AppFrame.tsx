import { Link, Outlet } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { lazy, Suspense } from "react";
import { useUser } from "@/api/session";
import { frame } from "@/messages/frame";
import { Boundary } from "@/ui/Boundary";
import { IconButton } from "@/ui/IconButton";
import { AccountMenu } from "./AccountMenu";
import { Logo } from "./Logo";
import { appLinks } from "./links";
import { useOverlay } from "./overlays";
import { SkipLink } from "./SkipLink";

const Bell = lazy(() => import("@/notices/Bell").then((module) => ({ default: module.Bell })));

/** Around everything outside a project: top bar with the main places, then the screen. */
export function AppFrame() {
  const user = useUser();
  const open = useOverlay((overlay) => overlay.open);
  return (
    <div className="flex min-h-full flex-col">
      <SkipLink />
      <header className="sticky top-0 z-20 flex h-[52px] shrink-0 items-center gap-2 bg-panel px-3 shadow-[inset_0_-1px_0_var(--color-line)] sm:gap-4">
        <Logo to="/home" />
        <nav aria-label={frame.menu} className="relative flex min-w-0 flex-1 gap-0.5 overflow-x-auto">
          {appLinks().map((link) => (
            <Link
              key={link.to}
              to={link.to}
              className="flex h-8 shrink-0 items-center rounded-md px-2.5 text-fg-2 max-sm:px-2 max-sm:text-[0.8rem] transition-colors duration-[120ms] hover:bg-hover hover:text-fg"
              activeProps={{ className: "bg-hover font-medium text-fg" }}
            >
              {link.label}
            </Link>
          ))}
        </nav>
        <IconButton label={frame.search} keys="mod+k" onClick={() => open("palette")} className="max-sm:hidden">
          <Search aria-hidden />
        </IconButton>
        {user && (
          <Suspense fallback={<span className="size-8" />}>
            <Bell />
          </Suspense>
        )}
        {user && <AccountMenu user={user} />}
      </header>
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-[1440px] flex-1 px-4 py-6 outline-none sm:px-6 lg:px-8"
      >
        <Boundary>
          <Outlet />
        </Boundary>
      </main>
    </div>
  );
}
