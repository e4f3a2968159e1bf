import { cloneElement, lazy, Suspense, useState } from "react";
import type { MenuProps } from "./MenuPanel";

export type { MenuItem, MenuItems } from "./MenuPanel";

/** Fetches the code of menus ahead, for where there may be no network when one opens. */
export const fetchMenus = () => import("./MenuPanel");
const MenuPanel = lazy(() => fetchMenus().then((module) => ({ default: module.MenuPanel })));

/** A button with a menu. The menu's code is fetched when somebody comes near, and opens with the first click. */
export function Menu(props: MenuProps) {
  const [opened, setOpened] = useState(false);
  const trigger = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void fetchMenus(),
    onFocus: () => void fetchMenus(),
    onClick: () => setOpened(true),
  });
  if (!opened) return trigger;
  return (
    <Suspense fallback={trigger}>
      <MenuPanel {...props} />
    </Suspense>
  );
}
