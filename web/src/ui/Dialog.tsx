import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { common } from "@/messages/common";
import { cn } from "./cn";
import { IconButton } from "./IconButton";

export const scrim = "fixed inset-0 z-40 animate-fade bg-scrim backdrop-blur-[6px]";

/** What one came to fill in has the focus, not the cross. */
function focusFirstField(event: Event): void {
  const field = (event.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>(
    "[data-autofocus],input:not([type=hidden]),textarea,select",
  );
  if (!field) return;
  event.preventDefault();
  field.focus();
}

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** The row of buttons; it stays in sight while the body scrolls. */
  readonly footer?: ReactNode;
  readonly className?: string;
  /** A dialog that must be answered has no cross and ignores clicks beside it. */
  readonly mustAnswer?: boolean;
  readonly children?: ReactNode;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  className,
  mustAnswer = false,
  children,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={focusFirstField}
          onInteractOutside={(event) => mustAnswer && event.preventDefault()}
          onEscapeKeyDown={(event) => mustAnswer && event.preventDefault()}
          className={cn(
            "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl mv-float shadow-pop outline-none data-[state=open]:animate-fade",
            className,
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-5 pb-3">
            <div>
              <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
              {description && <Radix.Description className="mt-0.5 text-fg-2 text-sm">{description}</Radix.Description>}
            </div>
            {!mustAnswer && (
              <IconButton label={common.close} size="sm" onClick={() => onOpenChange(false)}>
                <X aria-hidden />
              </IconButton>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-4">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface SheetProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A panel from the right edge; the whole screen on phones. */
export function Sheet({ open, onOpenChange, title, children, className }: SheetProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          aria-describedby={undefined}
          className={cn(
            "fixed inset-y-0 right-0 z-50 flex w-[min(26rem,100vw)] animate-sheet flex-col mv-float shadow-pop outline-none",
            className,
          )}
        >
          <header className="flex items-center justify-between gap-4 px-5 py-4">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            <IconButton label={common.close} onClick={() => onOpenChange(false)}>
              <X aria-hidden />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
