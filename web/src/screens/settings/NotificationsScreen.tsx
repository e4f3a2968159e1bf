import { mails } from "@/messages/mails";
import { Boundary } from "@/ui/Boundary";
import { Panel } from "@/ui/Panel";
import { MailTopics } from "./MailTopics";

export function NotificationsScreen() {
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <h1 className="font-semibold text-xl">{mails.title}</h1>
      <Boundary>
        <MailTopics />
      </Boundary>
      <Panel title={mails.inStudio} text={mails.inStudioText} />
    </div>
  );
}
