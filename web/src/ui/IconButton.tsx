import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cn } from "./cn";
import { Tooltip } from "./Tooltip";

const styles = cva(
  "inline-flex shrink-0 items-center justify-center rounded-md text-fg-2 transition-colors duration-[120ms] not-disabled:hover:bg-hover not-disabled:hover:text-fg not-disabled:active:bg-pressed disabled:opacity-40 aria-pressed:bg-ember-soft aria-pressed:text-ember data-[state=open]:bg-hover data-[state=open]:text-fg",
  {
    variants: { size: { sm: "size-7 [&_svg]:size-4", md: "size-8 [&_svg]:size-4", lg: "size-10 [&_svg]:size-5" } },
    defaultVariants: { size: "md" },
  },
);

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, VariantProps<typeof styles> {
  readonly ref?: Ref<HTMLButtonElement>;
  /** Its name, shown as the tooltip. */
  readonly label: string;
  readonly keys?: string;
  readonly side?: "top" | "right" | "bottom" | "left";
  readonly children: ReactNode;
}

export function IconButton({ label, keys, side, size, className, children, type, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <button type={type ?? "button"} aria-label={label} className={cn(styles({ size }), className)} {...rest}>
        {children}
      </button>
    </Tooltip>
  );
}
