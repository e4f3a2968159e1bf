import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { finish } from "@/messages/finish";

interface DownloadRowProps {
  readonly href: string;
  readonly icon: ReactNode;
  readonly name: string;
  readonly detail: string;
}

/** A file that is taken away with one press. */
export function DownloadRow({ href, icon, name, detail }: DownloadRowProps) {
  return (
    <li>
      <a
        href={href}
        download
        className="flex min-h-11 items-center gap-3 rounded-lg px-2.5 py-1.5 transition-colors duration-[120ms] hover:bg-raised [&_svg]:size-4"
      >
        <span className="text-fg-3">{icon}</span>
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm">{name}</span>
          <span className="tnum block truncate text-2xs text-fg-3">{detail}</span>
        </span>
        <Download role="img" aria-label={finish.download} className="text-fg-2" />
      </a>
    </li>
  );
}
