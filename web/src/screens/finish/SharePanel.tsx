import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye, KeyRound, Link2, Link2Off, Users } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { formatDate } from "@/i18n/format";
import { finish } from "@/messages/finish";
import { people } from "@/messages/people";
import type { Project } from "@/studio/scene";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { NewLink } from "./NewLink";

const PeopleDialog = lazy(() => import("@/people/PeopleDialog").then((module) => ({ default: module.PeopleDialog })));

type Share = Schemas["ShareView"];

/** Links that show the film to strangers: making them, counting them, closing them. */
export function SharePanel({ project }: { readonly project: Project }) {
  const queries = useQueryClient();
  const path = { params: { path: { id: project.id } } };
  const query = $api.useQuery("get", "/api/projects/{id}/shares", path);
  const fresh = () =>
    queries.invalidateQueries({ queryKey: $api.queryOptions("get", "/api/projects/{id}/shares", path).queryKey });
  const [inviting, setInviting] = useState(false);
  const [closing, setClosing] = useState<string | null>(null);
  const revoke = useMutation({
    mutationFn: (share: string) =>
      api.DELETE("/api/projects/{id}/shares/{share_id}", { params: { path: { id: project.id, share_id: share } } }),
    onSuccess: async () => {
      setClosing(null);
      await fresh();
    },
  });
  const mine = project.role === "owner";
  return (
    <section id="share" aria-labelledby="share-title" className="scroll-mt-4 rounded-xl bg-panel p-5 ring-line">
      <h2 id="share-title" className="font-semibold text-base">
        {finish.share}
      </h2>
      <p className="mt-0.5 mb-3 text-fg-3 text-xs">{finish.shareText}</p>
      {mine && <NewLink project={project.id} onMade={fresh} />}
      {query.isError && <ErrorPanel compact error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && query.data.shares.length > 0 && (
        <>
          <h3 className="mt-5 mb-1 text-fg-3 text-xs">{finish.links}</h3>
          <ul className="flex flex-col">
            {query.data.shares.map((share) => (
              <ShareRow key={share.id} share={share} mine={mine} onClose={() => setClosing(share.id)} />
            ))}
          </ul>
        </>
      )}
      <p className="mt-4 flex flex-wrap items-center justify-between gap-x-3 gap-y-1 border-line border-t pt-3 text-fg-2 text-xs">
        {people.fromShare}
        <Button size="sm" icon={<Users aria-hidden className="size-3.5" />} onClick={() => setInviting(true)}>
          {people.title}
        </Button>
      </p>
      <Suspense>{inviting && <PeopleDialog project={project} onClose={() => setInviting(false)} />}</Suspense>
      <Confirm
        open={closing !== null}
        onOpenChange={(open) => !open && setClosing(null)}
        title={finish.revokeTitle}
        description={finish.revokeText}
        action={finish.revoke}
        danger
        busy={revoke.isPending}
        onConfirm={() => closing && revoke.mutate(closing)}
      >
        {revoke.isError && <ErrorPanel compact error={revoke.error} className="mt-3" />}
      </Confirm>
    </section>
  );
}

function ShareRow({
  share,
  mine,
  onClose,
}: {
  readonly share: Share;
  readonly mine: boolean;
  readonly onClose: () => void;
}) {
  const past = share.expires_at != null && new Date(share.expires_at) < new Date();
  const shut = share.revoked_at != null;
  const works = !past && !shut;
  return (
    <li className="flex min-h-10 items-center gap-2.5 border-line border-t py-1.5 text-xs first:border-t-0">
      {works ? <Link2 aria-hidden className="size-4 text-ok" /> : <Link2Off aria-hidden className="size-4 text-fg-3" />}
      <span className="min-w-0 flex-1">
        <span className="tnum block truncate">…/{share.token_hint}…</span>
        <span className="tnum flex flex-wrap items-center gap-x-2 text-2xs text-fg-3">
          <span className="flex items-center gap-1">
            <Eye aria-hidden className="size-3" />
            {finish.views({ count: share.views })}
          </span>
          {works && share.expires_at && <span>{finish.until({ date: formatDate(share.expires_at) })}</span>}
          {share.has_password && (
            <span className="flex items-center gap-1">
              <KeyRound aria-hidden className="size-3" />
              {finish.hasPassword}
            </span>
          )}
        </span>
      </span>
      {shut ? <Badge>{finish.closed}</Badge> : past ? <Badge>{finish.expired}</Badge> : null}
      {works && mine && (
        <IconButton size="sm" label={finish.revoke} onClick={onClose}>
          <Link2Off aria-hidden />
        </IconButton>
      )}
    </li>
  );
}
