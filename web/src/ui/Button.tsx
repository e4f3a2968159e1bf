import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cn } from "./cn";
import { Spinner } from "./Spinner";

export const buttonStyles = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-[120ms] disabled:opacity-45 aria-disabled:cursor-not-allowed aria-disabled:opacity-45",
  {
    variants: {
      tone: {
        main: "bg-ember font-semibold text-on-ember not-disabled:hover:bg-ember-hi",
        plain: "bg-raised text-fg ring-line not-disabled:hover:bg-hover not-disabled:active:bg-pressed",
        quiet: "text-fg-2 not-disabled:hover:bg-hover not-disabled:hover:text-fg not-disabled:active:bg-pressed",
        danger: "bg-danger/15 text-danger not-disabled:hover:bg-danger/25",
        link: "text-ember underline-offset-4 not-disabled:hover:underline",
      },
      size: {
        sm: "h-7 px-2.5 text-xs",
        md: "h-8 px-3 text-sm",
        lg: "h-10 px-4 text-sm",
        xl: "h-12 px-6 text-base",
        inline: "h-auto px-0 text-[length:inherit]",
      },
    },
    defaultVariants: { tone: "plain", size: "md" },
  },
);

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, VariantProps<typeof buttonStyles> {
  readonly ref?: Ref<HTMLButtonElement>;
  readonly icon?: ReactNode;
  /** Shows a spinner in the icon's place and takes no clicks. */
  readonly busy?: boolean;
}

export function Button({ tone, size, icon, busy = false, disabled, className, children, type, ...rest }: ButtonProps) {
  return (
    <button
      type={type ?? "button"}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cn(buttonStyles({ tone, size }), className)}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
