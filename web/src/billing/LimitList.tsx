import { Check } from "lucide-react";
import type { Schemas } from "@/api/client";
import { cn } from "@/ui/cn";
import { limitLines } from "./limits";

interface LimitListProps {
  readonly limits: Schemas["PlanLimits"];
  readonly className?: string;
}

/** What a plan allows, line by line. */
export function LimitList({ limits, className }: LimitListProps) {
  return (
    <ul className={cn("flex flex-col gap-1.5 text-sm", className)}>
      {limitLines(limits).map((line) => (
        <li key={line} className="flex items-start gap-2">
          <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          <span className="text-fg-2">{line}</span>
        </li>
      ))}
    </ul>
  );
}
