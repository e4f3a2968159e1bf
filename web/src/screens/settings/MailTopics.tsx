import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { $api, api, type Schemas } from "@/api/client";
import { mails } from "@/messages/mails";
import { Switch } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { toast } from "@/ui/toasts";

const TOPICS = [
  { key: "films", label: () => mails.films, hint: () => mails.filmsHint },
  { key: "reminders", label: () => mails.reminders, hint: () => mails.remindersHint },
] as const;

/** What one is written about, beside what concerns the account and money. */
export function MailTopics() {
  const queries = useQueryClient();
  const query = $api.queryOptions("get", "/api/users/me/mail");
  const choices = useQuery(query);
  // What was just chosen stands at once, while it is on its way.
  const [chosen, setChosen] = useState<Schemas["MailChoicesChange"] | null>(null);
  const choose = useMutation({
    mutationFn: (body: Schemas["MailChoicesChange"]) => api.PUT("/api/users/me/mail", { body }),
    onSuccess: ({ data }) => {
      if (data) queries.setQueryData(query.queryKey, data);
      toast(mails.saved, { tone: "ok" });
    },
    onSettled: () => setChosen(null),
  });
  const { data } = choices;
  const wanted = (key: "films" | "reminders") => chosen?.[key] ?? data?.[key] ?? false;
  return (
    <Panel title={mails.topics} text={mails.topicsText}>
      {choices.isPending && (
        <Loading>
          <div className="flex flex-col gap-4">
            <Skeleton className="h-9" />
            <Skeleton className="h-9" />
          </div>
        </Loading>
      )}
      {choices.isError && <ErrorPanel compact error={choices.error} onRetry={() => choices.refetch()} />}
      {data?.blocked && (
        <p role="status" className="mb-4 flex items-start gap-2 rounded-md bg-warn/12 p-3 text-sm">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          {data.blocked === "complained" ? mails.complained : mails.bounced}
        </p>
      )}
      {data && (
        <div className="flex flex-col gap-4">
          {TOPICS.map(({ key, label, hint }) => (
            <Switch
              key={key}
              label={label()}
              hint={hint()}
              checked={wanted(key)}
              disabled={choose.isPending}
              onChange={(on) => {
                setChosen({ [key]: on });
                choose.mutate({ [key]: on });
              }}
            />
          ))}
        </div>
      )}
      {choose.isError && <ErrorPanel compact error={choose.error} className="mt-3" />}
    </Panel>
  );
}
