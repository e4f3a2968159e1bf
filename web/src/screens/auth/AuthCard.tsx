import type { ReactNode } from "react";

interface AuthCardProps {
  readonly title: string;
  readonly text?: string;
  readonly children: ReactNode;
  readonly below?: ReactNode;
}

export function AuthCard({ title, text, children, below }: AuthCardProps) {
  return (
    <>
      <div className="mb-6 text-center">
        <h1 className="font-semibold text-xl">{title}</h1>
        {text && <p className="mt-1 text-fg-2">{text}</p>}
      </div>
      <div className="rounded-xl bg-panel p-5 ring-line sm:p-6">{children}</div>
      {below && <p className="mt-5 text-center text-fg-2">{below}</p>}
    </>
  );
}
