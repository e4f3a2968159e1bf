import { CircleAlert, Link2Off, Lock } from "lucide-react";
import { type FormEvent, type ReactNode, useCallback, useEffect, useState } from "react";
import { film as words } from "@/messages/film";
import { Button } from "@/ui/Button";
import { Input } from "@/ui/Input";
import { SharedView } from "./SharedView";
import { openShared, type Refusal, Refused, type SharedFilm } from "./shared-film";

type State = { readonly kind: "loading" } | { readonly kind: "open"; readonly film: SharedFilm } | Refusal;

export function WatchPage({ token }: { readonly token: string }) {
  const [state, setState] = useState<State>({ kind: "loading" });
  const [password, setPassword] = useState<string | null>(null);

  const look = useCallback(
    (given: string | null) =>
      openShared(token, given).then(
        (film) => {
          setPassword(given);
          setState({ kind: "open", film });
          document.title = film.artist ? `${film.title} · ${film.artist}` : film.title;
        },
        (error: unknown) => setState(error instanceof Refused ? error.refusal : { kind: "failed" }),
      ),
    [token],
  );
  useEffect(() => {
    void look(null);
  }, [look]);

  switch (state.kind) {
    case "loading":
      return (
        <p role="status" aria-label={words.loading} className="flex min-h-full items-center justify-center text-fg-3" />
      );
    case "open":
      return <SharedView token={token} password={password} film={state.film} onStale={() => void look(password)} />;
    case "password":
      return <PasswordGate wrong={state.wrong} onTry={look} />;
    case "gone":
      return <Says icon={<Link2Off aria-hidden />} title={words.gone} text={words.goneText} />;
    case "later":
      return (
        <Says icon={<CircleAlert aria-hidden />} title={words.failed} text={words.tooOften({ seconds: state.seconds })}>
          <Button onClick={() => void look(password)}>{words.retry}</Button>
        </Says>
      );
    case "failed":
      return (
        <Says icon={<CircleAlert aria-hidden />} title={words.failed} text={words.failedText}>
          <Button onClick={() => void look(password)}>{words.retry}</Button>
        </Says>
      );
  }
}

interface SaysProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

function Says({ icon, title, text, children }: SaysProps) {
  return (
    <main className="flex min-h-full flex-col items-center justify-center gap-2 p-6 text-center">
      <span className="mb-2 flex size-14 items-center justify-center rounded-xl bg-raised text-fg-2 [&_svg]:size-6">
        {icon}
      </span>
      <h1 className="font-semibold text-xl">{title}</h1>
      <p className="max-w-sm text-fg-2">{text}</p>
      {children && <div className="mt-3">{children}</div>}
    </main>
  );
}

function PasswordGate({
  wrong,
  onTry,
}: {
  readonly wrong: boolean;
  readonly onTry: (password: string) => Promise<void>;
}) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text === "") return;
    setBusy(true);
    void onTry(text).finally(() => setBusy(false));
  };
  return (
    <Says icon={<Lock aria-hidden />} title={words.password} text={words.passwordText}>
      <form onSubmit={submit} className="flex w-72 flex-col gap-2 text-left">
        <Input
          type="password"
          autoFocus
          aria-label={words.password}
          aria-invalid={wrong || undefined}
          aria-describedby={wrong ? "wrong" : undefined}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {wrong && (
          <p id="wrong" role="alert" className="text-danger text-xs">
            {words.passwordWrong}
          </p>
        )}
        <Button type="submit" tone="main" size="lg" busy={busy} disabled={text === ""}>
          {words.open}
        </Button>
      </form>
    </Says>
  );
}
