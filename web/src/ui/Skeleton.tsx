import { type ReactNode, useEffect, useState } from "react";
import { common } from "@/messages/common";
import { Button } from "./Button";
import { cn } from "./cn";

/** A grey shape where something will be; it appears only after a moment, so that quick answers do not flicker. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <div aria-hidden className={cn("animate-late rounded-md bg-raised", className)}>
      <div className="h-full min-h-3 animate-sheen rounded-[inherit] bg-[length:200%_100%] bg-[linear-gradient(100deg,transparent_40%,var(--color-hover)_50%,transparent_60%)]" />
    </div>
  );
}

const SLOW = 8_000;

interface LoadingProps {
  readonly children: ReactNode;
  readonly onCancel?: () => void;
}

/** Wraps the skeletons of a screen: tells readers that it loads, and everybody when that takes long. */
export function Loading({ children, onCancel }: LoadingProps) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={common.loading}>
      {children}
      {slow && (
        <p className="mt-4 flex items-center justify-center gap-3 text-fg-2 text-sm">
          {common.slow}
          {onCancel && (
            <Button size="sm" onClick={onCancel}>
              {common.cancel}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
