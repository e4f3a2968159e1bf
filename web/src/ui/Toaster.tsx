import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useState } from "react";
import { common } from "@/messages/common";
import { Button } from "./Button";
import { dismiss, type Toast, useToasts } from "./toasts";

const SHOWN = 6_000;

export function Toaster() {
  const list = useToasts((toasts) => toasts.list);
  return (
    <section
      aria-label={common.notifications}
      aria-live="polite"
      className="pointer-events-none fixed right-0 bottom-0 left-0 z-[60] flex flex-col items-center gap-2 p-4 sm:left-auto sm:items-end"
    >
      {list.map((toast) => (
        <Notice key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function Notice({ toast }: { readonly toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (toast.sticky || held) return;
    const timer = setTimeout(() => dismiss(toast.id), SHOWN);
    return () => clearTimeout(timer);
  }, [toast, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only keeps the notice in sight
    <div
      className="pointer-events-auto flex w-[min(24rem,100%)] animate-pop items-center gap-2.5 mv-float rounded-lg py-2 pr-2 pl-3.5 text-sm shadow-pop"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.tone === "ok" && <CircleCheck aria-hidden className="size-4 shrink-0 text-ok" />}
      {toast.tone === "danger" && <CircleAlert aria-hidden className="size-4 shrink-0 text-danger" />}
      <span className="flex-1">{toast.text}</span>
      {toast.action && (
        <Button
          size="sm"
          tone="quiet"
          className="text-ember"
          onClick={() => {
            toast.action?.run();
            dismiss(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <button
        type="button"
        aria-label={common.dismiss}
        className="flex size-7 items-center justify-center rounded-md text-fg-2 hover:bg-hover hover:text-fg"
        onClick={() => dismiss(toast.id)}
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}
