import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";

export const Tabs = Radix.Root;
export const TabPanel = Radix.Content;

export function TabList({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <Radix.List aria-label={label} className={cn("flex gap-4 overflow-x-auto border-line border-b px-4", className)}>
      {children}
    </Radix.List>
  );
}

export function Tab({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <Radix.Trigger
      value={value}
      className="-mb-px h-10 shrink-0 border-transparent border-b-2 text-fg-2 text-sm transition-colors duration-[120ms] hover:text-fg data-[state=active]:border-ember data-[state=active]:font-medium data-[state=active]:text-fg"
    >
      {children}
    </Radix.Trigger>
  );
}
