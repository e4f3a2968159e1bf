// What happens to an open page when a new version of the studio is deployed under it.

import { common } from "@/messages/common";
import { toast } from "@/ui/toasts";

const RELOADED = "mv.reloaded-for-chunk";
const ASK_EVERY = 10 * 60 * 1000;

/** A lazy chunk that is gone belongs to a version that is gone: load the page anew, but only once. */
export function reloadOnceForMissingChunks(): void {
  addEventListener("vite:preloadError", (event) => {
    if (sessionStorage.getItem(RELOADED)) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED, "1");
    location.reload();
  });
  addEventListener("load", () => setTimeout(() => sessionStorage.removeItem(RELOADED), ASK_EVERY));
}

/** Asks, when the person comes back to the tab, whether the page's script is still the one that is served. */
export function watchForNewVersion(): void {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  if (!own || import.meta.env.DEV) return;
  let asked = Date.now();
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < ASK_EVERY) return;
    asked = Date.now();
    const page = await fetch("/", { cache: "no-cache" }).then(
      (response) => (response.ok ? response.text() : own),
      () => own,
    );
    if (!page.includes(own)) {
      toast(common.newVersion, { sticky: true, action: { label: common.reload, run: () => location.reload() } });
    }
  });
}
