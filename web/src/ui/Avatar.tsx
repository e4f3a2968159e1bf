import { cn } from "./cn";

interface AvatarProps {
  readonly name: string;
  readonly src?: string | null;
  readonly className?: string;
}

export function Avatar({ name, src, className }: AvatarProps) {
  const look = cn(
    "flex size-7 shrink-0 items-center justify-center overflow-hidden rounded-full bg-pressed font-semibold text-fg-2 text-xs",
    className,
  );
  if (src) return <img src={src} alt="" className={cn(look, "object-cover")} />;
  return (
    <span aria-hidden className={look}>
      {Array.from(name.trim())[0]?.toUpperCase() ?? "·"}
    </span>
  );
}
