import { Link } from "@tanstack/react-router";
import { common } from "@/messages/common";
import { LogoMark } from "./LogoMark";

export function Logo({ to, withName = false }: { readonly to: "/" | "/home"; readonly withName?: boolean }) {
  return (
    <Link to={to} className="flex shrink-0 items-center gap-2.5 rounded-md" aria-label={common.product}>
      <LogoMark />
      {withName && <span className="font-semibold text-base tracking-tight">{common.product}</span>}
    </Link>
  );
}
