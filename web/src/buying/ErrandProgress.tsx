import { Square } from "lucide-react";
import { buying } from "@/messages/buying";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import type { Errand } from "./use-errand";

interface ErrandProgressProps {
  readonly errand: Errand;
  /** What is being done, as a sentence. */
  readonly text: string;
  readonly className?: string;
}

/** How far an errand is and the way to stop it; why it failed. Closing the page does not end it. */
export function ErrandProgress({ errand, text, className }: ErrandProgressProps) {
  if (errand.problem) return <ErrorPanel compact error={errand.problem} className={className} />;
  if (!errand.running) return null;
  return (
    <div
      role="status"
      className={cn("flex flex-wrap items-center gap-3 rounded-lg bg-raised px-3 py-2.5 text-sm", className)}
    >
      <span className="min-w-0 flex-[1_1_10rem]">
        {text}
        <span className="block text-fg-3 text-xs">{buying.goesOn}</span>
      </span>
      <Bar value={errand.running.fraction} label={text} className="w-32" />
      <Button size="sm" icon={<Square aria-hidden className="size-3" />} busy={errand.stopping} onClick={errand.stop}>
        {buying.stop}
      </Button>
    </div>
  );
}
