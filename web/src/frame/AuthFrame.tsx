import "@/messages/accountErrors";
import { Outlet } from "@tanstack/react-router";
import { Globe } from "lucide-react";
import { getLocale } from "@/i18n/locale";
import { Button } from "@/ui/Button";
import { Logo } from "./Logo";
import { useLanguageSwitch } from "./language";

export function AuthFrame() {
  const switchLanguage = useLanguageSwitch();
  return (
    <div className="flex min-h-full flex-col bg-[radial-gradient(60rem_30rem_at_50%_-10rem,var(--color-ember-soft),transparent)]">
      <header className="flex h-14 items-center justify-between px-4 sm:px-6">
        <Logo to="/" withName />
        <Button tone="quiet" icon={<Globe aria-hidden className="size-4" />} onClick={switchLanguage}>
          {getLocale() === "ko" ? "English" : "한국어"}
        </Button>
      </header>
      <main id="main" className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center px-4 pt-6 pb-24">
        <Outlet />
      </main>
    </div>
  );
}
