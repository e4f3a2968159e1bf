import { frame } from "@/messages/frame";

/** What holds for using this server, and how it is. Plain links: the landing page has no router. */
export function PublicFooter() {
  const links = [
    { to: "/legal/terms", label: frame.terms },
    { to: "/legal/privacy", label: frame.privacy },
    { to: "/legal/licences", label: frame.licences },
    { to: "/status", label: frame.status },
  ];
  return (
    <footer className="mx-auto flex w-full max-w-6xl flex-wrap gap-x-5 gap-y-2 px-4 py-8 text-xs sm:px-6">
      {links.map(({ to, label }) => (
        <a key={to} href={to} className="flex min-h-6 items-center text-fg-3 hover:text-fg">
          {label}
        </a>
      ))}
    </footer>
  );
}
