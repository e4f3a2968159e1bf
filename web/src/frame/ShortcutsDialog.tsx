import { useState } from "react";
import { useCommandRegister, useSingleKeys } from "@/keys/shortcuts";
import { frame } from "@/messages/frame";
import { Switch } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const [commands] = useState(() => useCommandRegister.getState().commands.filter((command) => command.keys));
  const { on, set } = useSingleKeys();
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={frame.shortcuts}
      description={frame.shortcutsHint}
      className="w-[min(44rem,calc(100vw-2rem))]"
    >
      <div className="mb-4 gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-fg-3 text-xs">{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id} className="flex min-h-8 items-center justify-between gap-4">
                    <dt className="text-fg-2">{command.label}</dt>
                    <dd className="flex shrink-0 gap-1.5">
                      {command.keys?.split(" ").map((keys) => (
                        <Kbd key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="border-line border-t pt-4">
        <Switch label={frame.singleKeys} checked={on} onChange={set} />
      </div>
    </Dialog>
  );
}
