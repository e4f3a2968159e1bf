import { AlertDialog as Alert } from "radix-ui";
import type { ReactNode } from "react";
import { common } from "@/messages/common";
import { Button } from "./Button";
import { scrim } from "./Dialog";

export interface ConfirmProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description: ReactNode;
  /** The verb of what happens. */
  readonly action: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly children?: ReactNode;
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  action,
  danger = false,
  busy = false,
  onConfirm,
  children,
}: ConfirmProps) {
  return (
    <Alert.Root open={open} onOpenChange={onOpenChange}>
      <Alert.Portal>
        <Alert.Overlay className={scrim} />
        <Alert.Content className="fixed top-1/2 left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 mv-float rounded-xl p-5 shadow-pop outline-none data-[state=open]:animate-fade">
          <Alert.Title className="font-semibold text-lg">{title}</Alert.Title>
          <Alert.Description className="mt-1.5 text-fg-2 text-sm">{description}</Alert.Description>
          {children}
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <Alert.Cancel asChild>
              <Button tone="quiet" size="lg">
                {common.cancel}
              </Button>
            </Alert.Cancel>
            <Button tone={danger ? "danger" : "main"} size="lg" busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </Alert.Content>
      </Alert.Portal>
    </Alert.Root>
  );
}
