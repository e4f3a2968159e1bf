import { ArrowRight, CircleAlert, Copy, RotateCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { asProblem } from "@/api/problem";
import { wayOut } from "@/api/shortage";
import { common } from "@/messages/common";
import { Button, buttonStyles } from "./Button";
import { cn } from "./cn";
import { toast } from "./toasts";

interface ErrorPanelProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** One line with a border, for inside a form or a card. */
  readonly compact?: boolean;
  readonly className?: string;
}

export function ErrorPanel({ error, onRetry, compact = false, className }: ErrorPanelProps) {
  const problem = asProblem(error);
  const wait = useCountdown(problem.retryAfter);
  const way = wayOut(problem);
  const Icon = problem.code === "offline" ? WifiOff : CircleAlert;
  return (
    <div
      role="alert"
      className={cn(
        "flex gap-3 rounded-lg bg-danger/8 text-sm shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--color-danger)_28%,transparent)]",
        compact ? "items-start px-3 py-2.5" : "mx-auto my-8 max-w-lg items-start p-5",
        className,
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="flex min-w-0 flex-1 flex-col items-start gap-1">
        <p className="font-medium text-fg">{problem.title}</p>
        {problem.hint && <p className="text-fg-2">{problem.hint}</p>}
        {!way && problem.fields.length > 0 && problem.code !== "invalid" && (
          <p className="text-fg-2">{problem.message}</p>
        )}
        {way && (
          // A plain link: panels stand on pages without the router, too.
          <a href={way.href} className={buttonStyles({ size: "sm", className: "mt-1.5" })}>
            {way.label}
            <ArrowRight aria-hidden className="size-3.5" />
          </a>
        )}
        {(onRetry || (problem.requestId && !compact)) && (
          <div className="mt-1.5 flex flex-wrap items-center gap-2">
            {onRetry && (
              <Button
                size="sm"
                icon={<RotateCw aria-hidden className="size-3.5" />}
                onClick={onRetry}
                disabled={wait > 0}
              >
                {wait > 0 ? common.retryIn({ seconds: wait }) : common.retry}
              </Button>
            )}
            {problem.requestId && !compact && <RequestId id={problem.requestId} />}
          </div>
        )}
      </div>
    </div>
  );
}

function RequestId({ id }: { readonly id: string }) {
  return (
    <Button
      size="sm"
      tone="quiet"
      className="tnum text-fg-3"
      icon={<Copy aria-hidden className="size-3.5" />}
      onClick={() => {
        navigator.clipboard?.writeText(id).then(
          () => toast(common.copied, { tone: "ok" }),
          () => undefined,
        );
      }}
    >
      {common.copyRequest({ id: id.slice(0, 8) })}
    </Button>
  );
}

/** Seconds left, counted down. */
function useCountdown(from: number | null): number {
  const [left, setLeft] = useState(from ?? 0);
  useEffect(() => {
    setLeft(from ?? 0);
    if (!from) return;
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1_000);
    return () => clearInterval(timer);
  }, [from]);
  return left;
}
