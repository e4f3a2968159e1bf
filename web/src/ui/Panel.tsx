import { type ReactNode, useId } from "react";
import { cn } from "./cn";

interface PanelProps {
  readonly title: ReactNode;
  readonly text?: ReactNode;
  /** Beside the title, such as a button. */
  readonly aside?: ReactNode;
  readonly danger?: boolean;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** One subject of a page: what it is, what it is for, and its controls. */
export function Panel({ title, text, aside, danger = false, className, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cn(
        "rounded-xl bg-panel p-4 sm:p-5",
        danger ? "shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--color-danger)_32%,transparent)]" : "ring-line",
        className,
      )}
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-[1_1_16rem]">
          <h2 id={id} className="font-semibold text-base">
            {title}
          </h2>
          {text && <p className="mt-0.5 max-w-2xl text-fg-2 text-sm">{text}</p>}
        </div>
        {aside && <div className="flex flex-wrap gap-2">{aside}</div>}
      </div>
      {children && <div className="mt-4 empty:hidden">{children}</div>}
    </section>
  );
}
