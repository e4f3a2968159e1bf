import { Copy } from "lucide-react";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { toast } from "@/ui/toasts";

export function copyText(text: string): void {
  navigator.clipboard?.writeText(text).then(
    () => toast(common.copied, { tone: "ok" }),
    () => undefined,
  );
}

/** Something to copy; it selects itself, for browsers that do not let scripts copy. */
export function SecretField({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="flex items-end gap-2">
      <Field label={label} className="min-w-0 flex-1">
        <Input
          readOnly
          value={value}
          spellCheck={false}
          className="font-mono text-xs"
          onFocus={(event) => event.target.select()}
        />
      </Field>
      <Button size="lg" icon={<Copy aria-hidden className="size-4" />} onClick={() => copyText(value)}>
        {settings.copy}
      </Button>
    </div>
  );
}
