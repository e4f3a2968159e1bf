import { cloneElement, type HTMLAttributes, type ReactElement } from "react";

interface TooltipProps {
  readonly text: string;
  /** The key that does the same. */
  readonly keys?: string;
  readonly side?: "top" | "right" | "bottom" | "left";
  readonly children: ReactElement<HTMLAttributes<HTMLElement>>;
}

/** Marks an element as having a tooltip; `TooltipLayer` shows the one that is wanted. It is a hint: names are in labels. */
export function Tooltip({ text, keys, side, children }: TooltipProps) {
  const marks: Record<string, string | undefined> = { "data-tip": text, "data-tip-keys": keys, "data-tip-side": side };
  return cloneElement(children, marks);
}
