import type { ReactNode } from "react";
import { cn } from "./cn";

interface EmptyProps {
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly text?: ReactNode;
  /** The one thing to do here. */
  readonly action?: ReactNode;
  readonly className?: string;
}

export function Empty({ icon, title, text, action, className }: EmptyProps) {
  return (
    <div className={cn("flex flex-col items-center gap-2 px-6 py-12 text-center", className)}>
      <span
        aria-hidden
        className="mb-1 flex size-12 items-center justify-center rounded-xl bg-raised text-fg-2 [&_svg]:size-6"
      >
        {icon}
      </span>
      <h2 className="font-semibold text-base">{title}</h2>
      {text && <p className="max-w-md text-fg-2 text-sm">{text}</p>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
