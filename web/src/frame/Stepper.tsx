import { Link } from "@tanstack/react-router";
import { Check, ChevronRight } from "lucide-react";
import { frame } from "@/messages/frame";
import type { StepState } from "@/project/project";
import { cn } from "@/ui/cn";
import { useActiveInSight } from "./use-active-in-sight";

interface StepperProps {
  readonly projectId: string;
  readonly steps: readonly StepState[];
}

const look =
  "flex h-8 items-center gap-1.5 whitespace-nowrap rounded-full px-3 text-sm transition-colors duration-[120ms]";

export function Stepper({ projectId, steps }: StepperProps) {
  const row = useActiveInSight();
  return (
    <nav ref={row} aria-label={frame.steps} className="relative min-w-0 overflow-x-auto">
      <ol className="flex items-center">
        {steps.map(({ step, done, open }, index) => (
          <li key={step} className="flex items-center">
            {index > 0 && <ChevronRight aria-hidden className="size-3.5 shrink-0 text-fg-3" />}
            {open ? (
              <Link
                to={`/p/${projectId}/${step}` as string}
                className={cn(look, "text-fg-2 hover:bg-hover hover:text-fg")}
                activeProps={{ className: "bg-raised ring-line-strong font-medium text-fg", "aria-current": "step" }}
              >
                {({ isActive }: { isActive: boolean }) => (
                  <>
                    {isActive ? (
                      <span aria-hidden className="size-2 rounded-full bg-ember" />
                    ) : (
                      done && <Check aria-hidden className="size-3.5 text-ok" />
                    )}
                    {frame[step]}
                    {done && <span className="sr-only">({frame.stepDone})</span>}
                  </>
                )}
              </Link>
            ) : (
              <span className={cn(look, "text-fg-3")}>
                {frame[step]}
                <span className="sr-only">({frame.stepLocked})</span>
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
