import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { MailX } from "lucide-react";
import { $api, api } from "@/api/client";
import { sessionGate } from "@/api/session-gate";
import { mails } from "@/messages/mails";
import { Button, buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";

function topicName(topic: string): string {
  return topic === "films" ? mails.films : topic === "reminders" ? mails.reminders : topic;
}

/** Where a mail's own link leads, signed in or not: it asks once, since programs open links too, and then does. */
export function UnsubscribeScreen() {
  const { token } = useParams({ from: "/auth/unsubscribe/$token" });
  const params = { query: { token } };
  const link = useQuery($api.queryOptions("get", "/api/mail/unsubscribe", { params }, { retry: false }));
  const stop = useMutation({ mutationFn: () => api.POST("/api/mail/unsubscribe", { params }) });
  if (link.isError) {
    return (
      <>
        <h1 className="sr-only">{mails.topics}</h1>
        <ErrorPanel error={link.error} />
      </>
    );
  }
  if (!link.data) {
    return (
      <Loading>
        <Skeleton className="h-64 rounded-xl" />
      </Loading>
    );
  }
  const topic = topicName(link.data.topic);
  const done = stop.isSuccess || !link.data.wanted;
  const known = sessionGate.known;
  return (
    <div className="rounded-xl bg-panel ring-line">
      <h1 className="sr-only">{mails.topics}</h1>
      <div aria-live="polite">
        <Empty
          icon={<MailX />}
          title={done ? mails.stopped({ topic }) : mails.stopTitle({ topic })}
          text={done ? mails.stoppedText : mails.stopText}
          action={
            <div className="flex flex-wrap justify-center gap-2">
              {!done && (
                <Button tone="main" size="lg" busy={stop.isPending} onClick={() => stop.mutate()}>
                  {mails.stop}
                </Button>
              )}
              {done && known && (
                <Link to="/settings/notifications" className={buttonStyles({ size: "lg" })}>
                  {mails.toSettings}
                </Link>
              )}
              {!done && (
                <a href={known ? "/home" : "/"} className={buttonStyles({ tone: "quiet", size: "lg" })}>
                  {mails.stay}
                </a>
              )}
            </div>
          }
        />
      </div>
      {stop.isError && <ErrorPanel compact error={stop.error} className="m-4" />}
    </div>
  );
}
