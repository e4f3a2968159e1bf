import { useMutation } from "@tanstack/react-query";
import { Copy, Link2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { common } from "@/messages/common";
import { finish } from "@/messages/finish";
import { Button } from "@/ui/Button";
import { Segmented, Switch } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { toast } from "@/ui/toasts";

const LIVES = ["7", "30", "90", "forever"] as const;
type Life = (typeof LIVES)[number];
const LEAST_PASSWORD = 4;

/** A new link; its address is shown once, because only its hash is kept. */
export function NewLink({ project, onMade }: { readonly project: string; readonly onMade: () => void }) {
  const [download, setDownload] = useState(false);
  const [comments, setComments] = useState(true);
  const [guarded, setGuarded] = useState(false);
  const [password, setPassword] = useState("");
  const [life, setLife] = useState<Life>("30");
  const make = useMutation({
    mutationFn: async () => {
      const { data } = await api.POST("/api/projects/{id}/shares", {
        params: { path: { id: project } },
        body: {
          allow_download: download,
          allow_comments: comments,
          password: guarded ? password : null,
          expires_in_days: life === "forever" ? null : Number(life),
        },
      });
      return data?.url ?? null;
    },
    onSuccess: () => {
      setPassword("");
      onMade();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2.5">
      <Switch label={finish.allowComments} checked={comments} onChange={setComments} />
      <Switch label={finish.allowDownload} checked={download} onChange={setDownload} />
      <Switch label={finish.withPassword} checked={guarded} onChange={setGuarded} />
      {guarded && (
        <Field label={finish.password} hint={finish.passwordHint}>
          <Input
            type="text"
            autoComplete="off"
            minLength={LEAST_PASSWORD}
            maxLength={128}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className="h-9"
          />
        </Field>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-sm">{finish.expires}</span>
        <Segmented
          label={finish.expires}
          value={life}
          onChange={setLife}
          options={LIVES.map((value) => ({
            value,
            label: value === "forever" ? finish.forever : finish.days({ days: Number(value) }),
          }))}
        />
      </div>
      <Button
        type="submit"
        tone="main"
        size="lg"
        busy={make.isPending}
        disabled={guarded && password.length < LEAST_PASSWORD}
        icon={<Link2 aria-hidden className="size-4" />}
        className="mt-1"
      >
        {finish.makeLink}
      </Button>
      {make.isError && <ErrorPanel compact error={make.error} />}
      {make.data && <Made url={make.data} />}
    </form>
  );
}

function Made({ url }: { readonly url: string }) {
  const copy = () =>
    navigator.clipboard?.writeText(url).then(
      () => toast(common.copied, { tone: "ok" }),
      () => undefined,
    );
  return (
    <div className="rounded-lg bg-ok/10 p-3">
      <label htmlFor="made-link" className="font-medium text-xs">
        {finish.link}
      </label>
      <div className="mt-1.5 flex gap-1.5">
        <Input id="made-link" readOnly value={url} onFocus={(event) => event.target.select()} className="h-9 text-xs" />
        <Button className="h-9" icon={<Copy aria-hidden className="size-4" />} onClick={copy}>
          {finish.copy}
        </Button>
      </div>
      <p className="mt-1.5 text-2xs text-fg-2">{finish.once}</p>
    </div>
  );
}
