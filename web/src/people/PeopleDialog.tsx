import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { useUser } from "@/api/session";
import { people } from "@/messages/people";
import type { ProjectView } from "@/project/project";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { RowsLoading } from "@/ui/RowsLoading";
import { toast } from "@/ui/toasts";
import { InviteForm } from "./InviteForm";
import { PersonRow, Row } from "./PersonRow";
import { type Collaborator, nameOf, usePeople } from "./use-people";

interface PeopleDialogProps {
  readonly project: Pick<ProjectView, "id" | "role">;
  readonly onClose: () => void;
}

/** Who works on a project: its owner lets people in and out, whoever was let in may leave. */
export function PeopleDialog({ project, onClose }: PeopleDialogProps) {
  const user = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { query, invite, remove, fresh } = usePeople(project.id);
  const [going, setGoing] = useState<Collaborator | null>(null);
  const mine = project.role === "owner";
  const list = query.data?.collaborators ?? [];
  const self = list.find((one) => one.user_id === user?.id);

  function letGo(person: Collaborator) {
    remove.mutate(person.user_id, {
      onSuccess: async () => {
        setGoing(null);
        if (mine) {
          toast(people.removed({ name: nameOf(person) }), { tone: "ok" });
          await fresh();
          return;
        }
        onClose();
        await navigate({ to: "/home" });
        toast(people.left, { tone: "ok" });
        await queries.invalidateQueries({ queryKey: ["get", "/api/projects"] });
      },
    });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={people.title}
      description={mine ? people.text : undefined}
    >
      <div className="flex flex-col gap-5">
        {mine && <InviteForm invite={invite} />}
        <section aria-labelledby="people-list">
          <h3 id="people-list" className="mb-1 text-fg-3 text-xs">
            {people.list}
          </h3>
          {query.isPending && <RowsLoading />}
          {query.isError && <ErrorPanel compact error={query.error} onRetry={() => void query.refetch()} />}
          {query.data && (
            <ul className="flex flex-col">
              {mine && user && (
                <Row name={user.name ?? user.email} email={user.email} me>
                  <Badge tone="ember">{people.owner}</Badge>
                </Row>
              )}
              {list.map((person) => (
                <PersonRow
                  key={person.user_id}
                  person={person}
                  me={person.user_id === user?.id}
                  mine={mine}
                  busy={invite.isPending || remove.isPending}
                  onRole={(role) =>
                    invite.mutate(
                      { email: person.email, role },
                      { onSuccess: () => void toast(people.changed, { tone: "ok" }) },
                    )
                  }
                  onRemove={() => setGoing(person)}
                />
              ))}
            </ul>
          )}
          {query.data && list.length === 0 && <p className="mt-1 text-fg-3 text-xs">{people.alone}</p>}
        </section>
        {self && (
          <Button
            className="self-start"
            icon={<LogOut aria-hidden className="size-4" />}
            onClick={() => setGoing(self)}
          >
            {people.leave}
          </Button>
        )}
      </div>
      <Confirm
        open={going !== null}
        onOpenChange={(open) => !open && setGoing(null)}
        title={mine && going ? people.removeTitle({ name: nameOf(going) }) : people.leaveTitle}
        description={mine ? people.removeText : people.leaveText}
        action={mine ? people.remove : people.leave}
        danger
        busy={remove.isPending}
        onConfirm={() => going && letGo(going)}
      >
        {remove.isError && <ErrorPanel compact error={remove.error} className="mt-3" />}
      </Confirm>
    </Dialog>
  );
}
