import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useUser } from "@/api/session";
import { useCommands } from "@/keys/shortcuts";
import { frame } from "@/messages/frame";
import { accountLinks, appLinks } from "./links";
import { useOverlay } from "./overlays";

const CommandPalette = lazy(() => import("./CommandPalette").then((module) => ({ default: module.CommandPalette })));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog").then((module) => ({ default: module.ShortcutsDialog })));

/** What can be done anywhere, and the panels that list what can be done here. */
export function GeneralCommands() {
  const navigate = useNavigate();
  const user = useUser();
  const { shown, open, close } = useOverlay();
  useCommands([
    {
      id: "palette",
      label: frame.search,
      group: frame.general,
      keys: "mod+k",
      keysOnly: true,
      anywhere: true,
      run: () => (shown === "palette" ? close() : open("palette")),
    },
    { id: "shortcuts", label: frame.shortcuts, group: frame.general, keys: "?", run: () => open("shortcuts") },
    ...(user
      ? [...appLinks(), ...accountLinks(user.role === "admin")].map(({ to, label }) => ({
          id: `go ${to}`,
          label,
          group: frame.goTo,
          run: () => void navigate({ to }),
        }))
      : [{ id: "sign-in", label: frame.signIn, group: frame.goTo, run: () => void navigate({ to: "/sign-in" }) }]),
  ]);
  return (
    <Suspense>
      {shown === "palette" && <CommandPalette onClose={close} />}
      {shown === "shortcuts" && <ShortcutsDialog onClose={close} />}
    </Suspense>
  );
}
