import { ContextMenu as Context } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { keyOf, type MenuItems, panel, Row, row } from "./MenuPanel";

/** The same items under the right mouse button. */
export function ContextMenu({ items, children }: { readonly items: MenuItems; readonly children: ReactNode }) {
  return (
    <Context.Root modal={false}>
      <Context.Trigger asChild>{children}</Context.Trigger>
      <Context.Portal>
        <Context.Content collisionPadding={8} className={panel}>
          {items.map((item, index) =>
            item ? (
              <Context.Item
                key={keyOf(items, index)}
                disabled={item.disabled}
                onSelect={item.onSelect}
                className={cn(row, item.danger && "text-danger [&_svg]:text-danger")}
              >
                <Row item={item} />
              </Context.Item>
            ) : (
              <Context.Separator key={keyOf(items, index)} className="my-1 h-px bg-line" />
            ),
          )}
        </Context.Content>
      </Context.Portal>
    </Context.Root>
  );
}
