import { DropdownMenu as Radix } from "radix-ui";
import { type HTMLAttributes, type ReactElement, type ReactNode, useState } from "react";
import { cn } from "./cn";
import { Kbd } from "./Kbd";

export const panel = "z-50 min-w-44 max-w-80 mv-float animate-pop rounded-lg p-1 text-sm shadow-pop";
export const row =
  "flex h-8 cursor-pointer select-none items-center gap-2.5 rounded-sm px-2 text-fg outline-none data-[highlighted]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:opacity-45 [&_svg]:size-4 [&_svg]:text-fg-2";

export interface MenuItem {
  readonly label: ReactNode;
  readonly icon?: ReactNode;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly checked?: boolean;
  readonly onSelect: () => void;
}

/** Items, with `null` where a line parts them. */
export type MenuItems = readonly (MenuItem | null)[];

export interface MenuProps {
  readonly trigger: ReactElement<HTMLAttributes<HTMLElement>>;
  readonly items: MenuItems;
  readonly heading?: ReactNode;
  readonly align?: "start" | "center" | "end";
}

export function MenuPanel({ trigger, items, heading, align = "end" }: MenuProps) {
  const [open, setOpen] = useState(true);
  return (
    <Radix.Root modal={false} open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} sideOffset={6} collisionPadding={8} className={panel}>
          {heading && <Radix.Label className="px-2 py-1.5 text-fg-3 text-xs">{heading}</Radix.Label>}
          {items.map((item, index) =>
            item ? (
              <Radix.Item
                key={keyOf(items, index)}
                disabled={item.disabled}
                onSelect={item.onSelect}
                className={cn(row, item.danger && "text-danger [&_svg]:text-danger")}
              >
                <Row item={item} />
              </Radix.Item>
            ) : (
              <Radix.Separator key={keyOf(items, index)} className="my-1 h-px bg-line" />
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Menus are made anew whenever they open: a place in the list is all the identity there is. */
export function keyOf(items: MenuItems, index: number): string {
  return `${index} of ${items.length}`;
}

export function Row({ item }: { readonly item: MenuItem }) {
  return (
    <>
      {item.icon}
      <span className="flex-1 truncate">{item.label}</span>
      {item.checked && <span aria-hidden className="size-1.5 rounded-full bg-ember" />}
      {item.keys && <Kbd keys={item.keys} />}
    </>
  );
}
