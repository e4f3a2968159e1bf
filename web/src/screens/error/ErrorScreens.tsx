import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { sessionGate } from "@/api/session-gate";
import { Logo } from "@/frame/Logo";
import { frame } from "@/messages/frame";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";

/** A route that could not be shown at all. */
export function ErrorScreen({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <div className="flex min-h-full flex-col items-center p-6">
      <div className="mt-[10vh] w-full">
        <ErrorPanel error={error} onRetry={onRetry} />
        <p className="text-center">
          <HomeLink />
        </p>
      </div>
    </div>
  );
}

export function NotFoundScreen() {
  return (
    <div className="flex min-h-dvh flex-col">
      <div className="p-3">
        <Logo to="/" withName />
      </div>
      <main className="flex flex-1 items-center justify-center pb-24">
        <Empty icon={<Compass />} title={frame.notFound} text={frame.notFoundText} action={<HomeLink />} />
      </main>
    </div>
  );
}

function HomeLink() {
  const inside = sessionGate.known;
  return (
    <Link to={inside ? "/home" : "/"} className={buttonStyles({ tone: "plain", size: "lg" })}>
      {inside ? frame.goHome : frame.goStart}
    </Link>
  );
}
