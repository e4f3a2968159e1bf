import { Copy, Download } from "lucide-react";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { copyText } from "./SecretField";

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

function save(codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "melodyvision-recovery-codes.txt";
  link.click();
  URL.revokeObjectURL(url);
}

/** They are shown once: only the answer that they were kept closes it. */
export function RecoveryCodes({ codes, onClose }: RecoveryCodesProps) {
  return (
    <Dialog
      open
      mustAnswer
      onOpenChange={(open) => !open && onClose()}
      title={settings.recoveryTitle}
      description={settings.recoveryText}
      footer={
        <Button tone="main" size="lg" onClick={onClose}>
          {settings.recoveryDone}
        </Button>
      }
    >
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-lg bg-canvas/60 p-4 text-center font-mono text-sm ring-line">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button icon={<Copy aria-hidden className="size-4" />} onClick={() => copyText(codes.join("\n"))}>
          {settings.recoveryCopy}
        </Button>
        <Button icon={<Download aria-hidden className="size-4" />} onClick={() => save(codes)}>
          {settings.recoverySave}
        </Button>
      </div>
    </Dialog>
  );
}
