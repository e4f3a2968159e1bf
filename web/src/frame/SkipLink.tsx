import { frame } from "@/messages/frame";

export function SkipLink({ to = "#main", children }: { readonly to?: string; readonly children?: string }) {
  return (
    <a
      href={to}
      className="fixed top-2 left-2 z-[70] -translate-y-16 rounded-md bg-ember px-3 py-2 font-semibold text-on-ember focus:translate-y-0"
    >
      {children ?? frame.skipToContent}
    </a>
  );
}
