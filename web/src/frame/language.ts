import { api } from "@/api/client";
import { useSessionChange, useUser } from "@/api/session";
import { getLocale, setLocale } from "@/i18n/locale";

/** Changes the language here, and in the person's settings when somebody is signed in. */
export function useLanguageSwitch(): () => void {
  const user = useUser();
  const { changed } = useSessionChange();
  return () => {
    const locale = getLocale() === "ko" ? "en" : "ko";
    setLocale(locale);
    if (!user) return;
    api.PATCH("/api/users/me", { body: { locale } }).then(
      ({ data }) => data && changed(data.user),
      // The choice holds in this browser all the same.
      () => undefined,
    );
  };
}
