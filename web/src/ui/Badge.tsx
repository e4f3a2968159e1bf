import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";
import { cn } from "./cn";

const styles = cva(
  "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-full px-2 font-medium text-2xs [&_svg]:size-3",
  {
    variants: {
      tone: {
        plain: "bg-hover text-fg-2",
        ember: "bg-ember-soft text-ember",
        ok: "bg-ok/14 text-ok",
        warn: "bg-warn/14 text-warn",
        danger: "bg-danger/14 text-danger",
        info: "bg-info/14 text-info",
      },
    },
    defaultVariants: { tone: "plain" },
  },
);

interface BadgeProps extends VariantProps<typeof styles> {
  readonly icon?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A state in a word; with an icon when the colour carries meaning. */
export function Badge({ tone, icon, className, children }: BadgeProps) {
  return (
    <span className={cn(styles({ tone }), className)}>
      {icon}
      {children}
    </span>
  );
}
