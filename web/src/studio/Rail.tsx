import { Link } from "@tanstack/react-router";
import { Keyboard, LayoutGrid, ListMusic, MessagesSquare, PackageOpen, PanelsTopLeft, Users } from "lucide-react";
import type { ReactNode } from "react";
import { useOverlay } from "@/frame/overlays";
import { frame } from "@/messages/frame";
import { notes } from "@/messages/notes";
import { studio } from "@/messages/studio";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Tooltip } from "@/ui/Tooltip";
import { useStudio } from "./context";

interface RailProps {
  readonly board: boolean;
  readonly onBoard: () => void;
}

/** The way to everything else that a film is made of. */
export function Rail({ board, onBoard }: RailProps) {
  const { project } = useStudio();
  const open = useOverlay((overlay) => overlay.open);
  const places: readonly { readonly to: string; readonly label: string; readonly icon: ReactNode }[] = [
    { to: "board", label: frame.board, icon: <PanelsTopLeft aria-hidden /> },
    { to: "cast", label: frame.cast, icon: <Users aria-hidden /> },
    { to: "analysis", label: frame.analysis, icon: <ListMusic aria-hidden /> },
    { to: "review", label: notes.review, icon: <MessagesSquare aria-hidden /> },
    { to: "finish", label: frame.finish, icon: <PackageOpen aria-hidden /> },
  ];
  return (
    <nav
      aria-label={studio.rail}
      className="flex flex-col items-center gap-1 bg-panel py-2 shadow-[inset_-1px_0_0_var(--color-line)]"
    >
      <span className="relative">
        {board && <span aria-hidden className="absolute inset-y-2 -left-2 w-0.5 rounded-full bg-ember" />}
        <IconButton
          label={studio.storyboard}
          side="right"
          size="lg"
          aria-expanded={board}
          onClick={onBoard}
          className={cn(board && "bg-raised text-fg")}
        >
          <LayoutGrid aria-hidden />
        </IconButton>
      </span>
      {places.map((place) => (
        <Tooltip key={place.to} text={place.label} side="right">
          <Link
            to={`/p/$id/${place.to}` as "/p/$id"}
            params={{ id: project.id }}
            aria-label={place.label}
            className="flex size-10 items-center justify-center rounded-md text-fg-2 transition-colors duration-[120ms] hover:bg-hover hover:text-fg [&_svg]:size-5"
          >
            {place.icon}
          </Link>
        </Tooltip>
      ))}
      <IconButton
        label={frame.shortcuts}
        keys="?"
        side="right"
        size="lg"
        className="mt-auto"
        onClick={() => open("shortcuts")}
      >
        <Keyboard aria-hidden />
      </IconButton>
    </nav>
  );
}
