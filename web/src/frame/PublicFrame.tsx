import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { Globe } from "lucide-react";
import { useUser } from "@/api/session";
import { offersQuery } from "@/billing/offers";
import { getLocale } from "@/i18n/locale";
import { frame } from "@/messages/frame";
import { Button, buttonStyles } from "@/ui/Button";
import { Logo } from "./Logo";
import { useLanguageSwitch } from "./language";
import { PublicFooter } from "./PublicFooter";
import { SkipLink } from "./SkipLink";

export function PublicFrame() {
  const user = useUser();
  const sells = useQuery(offersQuery).data?.payments === true;
  const switchLanguage = useLanguageSwitch();
  return (
    <div className="flex min-h-full flex-col">
      <SkipLink />
      <header className="sticky top-0 z-20 bg-canvas/85 backdrop-blur">
        <div className="mx-auto flex h-14 w-full max-w-6xl items-center gap-3 px-4 sm:px-6">
          <Logo to="/" withName />
          <span className="flex-1" />
          {sells && (
            <Link
              to="/pricing"
              className="flex h-8 shrink-0 items-center rounded-md px-2.5 text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg max-sm:hidden"
              activeProps={{ className: "font-medium text-fg" }}
            >
              {frame.pricing}
            </Link>
          )}
          <Button tone="quiet" icon={<Globe aria-hidden className="size-4" />} onClick={switchLanguage}>
            {getLocale() === "ko" ? "English" : "한국어"}
          </Button>
          {user ? (
            <Link to="/home" className={buttonStyles({ tone: "plain" })}>
              {frame.home}
            </Link>
          ) : (
            <>
              <Link to="/sign-in" className={buttonStyles({ tone: "quiet", className: "max-sm:hidden" })}>
                {frame.signIn}
              </Link>
              <Link to="/sign-up" className={buttonStyles({ tone: "main" })}>
                {frame.signUp}
              </Link>
            </>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1} className="flex-1 outline-none">
        <Outlet />
      </main>
      <PublicFooter />
    </div>
  );
}
