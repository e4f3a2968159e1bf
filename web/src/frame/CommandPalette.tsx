import { Command as Palette } from "cmdk";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { useCommandRegister } from "@/keys/shortcuts";
import { frame } from "@/messages/frame";
import { Kbd } from "@/ui/Kbd";

export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  // What could be done when it opened: opening it must not take commands away.
  const [commands] = useState(() =>
    useCommandRegister.getState().commands.filter((command) => !command.keysOnly && !command.disabled),
  );
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 animate-fade overflow-hidden mv-float rounded-xl shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">{frame.search}</Dialog.Title>
          <Palette loop label={frame.search}>
            <div className="flex items-center gap-3 border-line border-b px-4">
              <Search aria-hidden className="size-4 text-fg-3" />
              <Palette.Input
                autoFocus
                placeholder={frame.searchPlaceholder}
                className="h-12 flex-1 bg-transparent text-base outline-none placeholder:text-fg-3"
              />
            </div>
            <Palette.List className="max-h-[50vh] overflow-y-auto p-1.5">
              <Palette.Empty className="px-3 py-8 text-center text-fg-2">{frame.nothingFound}</Palette.Empty>
              {groups.map((group) => (
                <Palette.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-fg-3 [&_[cmdk-group-heading]]:text-xs"
                >
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Palette.Item
                        key={command.id}
                        value={`${command.label} ${command.id}`}
                        onSelect={() => {
                          onClose();
                          command.run();
                        }}
                        className="flex h-9 cursor-pointer items-center justify-between gap-3 rounded-md px-2.5 data-[selected=true]:bg-hover"
                      >
                        <span className="truncate">{command.label}</span>
                        {command.keys && <Kbd keys={command.keys.split(" ")[0] ?? ""} />}
                      </Palette.Item>
                    ))}
                </Palette.Group>
              ))}
            </Palette.List>
          </Palette>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
