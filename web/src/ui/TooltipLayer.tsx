import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Kbd } from "./Kbd";

interface Shown {
  readonly target: HTMLElement;
  readonly text: string;
  readonly keys: string | undefined;
  readonly side: string;
}

const WAIT = 400;
/** Right after one was shown the next comes at once. */
const WARM = 300;
const GAP = 6;
const MARGIN = 8;

/** One tooltip for the whole page, shown for whatever is pointed at or has the keyboard's focus. */
export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const tip = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hiddenAt = Number.NEGATIVE_INFINITY;
    let current: HTMLElement | null = null;
    const hide = () => {
      clearTimeout(timer);
      if (current) hiddenAt = performance.now();
      current = null;
      setShown(null);
    };
    const want = (target: HTMLElement, wait: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { tip: text, tipKeys: keys, tipSide: side = "bottom" } = target.dataset;
        if (!text || !target.isConnected || target.dataset.state === "open") return;
        current = target;
        setShown({ target, text, keys, side });
      }, wait);
    };
    const marked = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
    const onOver = (event: PointerEvent) => {
      if (event.pointerType === "touch" || tip.current?.contains(event.target as Node)) return;
      const target = marked(event);
      if (target === current && current) return;
      if (!target) return hide();
      const warm = current !== null || performance.now() - hiddenAt < WARM;
      if (current) hide();
      want(target, warm ? 0 : WAIT);
    };
    const onFocus = (event: FocusEvent) => {
      const target = marked(event);
      if (target?.matches(":focus-visible")) want(target, 0);
      else hide();
    };
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && hide();
    document.addEventListener("pointerover", onOver);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", hide);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("keydown", onKey);
    document.addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("scroll", hide, { capture: true });
    };
  }, []);

  useEffect(() => {
    const element = tip.current;
    if (!element || !shown) return;
    const at = shown.target.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    let [x, y] = [at.left + at.width / 2 - width / 2, at.bottom + GAP];
    if (shown.side === "right") [x, y] = [at.right + GAP, at.top + at.height / 2 - height / 2];
    if (shown.side === "left") [x, y] = [at.left - GAP - width, at.top + at.height / 2 - height / 2];
    if (shown.side === "top" || (shown.side === "bottom" && y + height > innerHeight - MARGIN))
      y = at.top - GAP - height;
    element.style.left = `${Math.max(MARGIN, Math.min(innerWidth - MARGIN - width, x))}px`;
    element.style.top = `${Math.max(MARGIN, y)}px`;
    element.style.visibility = "visible";
  }, [shown]);

  if (!shown) return null;
  return createPortal(
    <div
      ref={tip}
      role="tooltip"
      className="invisible fixed z-[80] flex max-w-72 animate-fade items-center gap-2 rounded-sm mv-float px-2 py-1 text-fg text-xs shadow-pop"
    >
      {shown.text}
      {shown.keys && <Kbd keys={shown.keys} />}
    </div>,
    document.body,
  );
}
