import { useSyncExternalStore } from "react";

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

/** Whether the page is dark now: canvases paint their own colours. */
export function useDark(): boolean {
  return useSyncExternalStore(watch, () => document.documentElement.dataset.theme !== "light");
}
