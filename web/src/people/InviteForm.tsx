import { UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { useOnline } from "@/frame/OfflineBar";
import { people } from "@/messages/people";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { toast } from "@/ui/toasts";
import { nameOf, type Role, type usePeople } from "./use-people";

const ROLES: readonly Role[] = ["editor", "viewer"];

/** Lets somebody in by the address they sign in with. */
export function InviteForm({ invite }: Pick<ReturnType<typeof usePeople>, "invite">) {
  const online = useOnline();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const unknown = invite.error ? asProblem(invite.error).fields.some((one) => one.field === "email") : false;
  function submit(event: FormEvent) {
    event.preventDefault();
    const address = email.trim();
    if (address === "") return;
    invite.mutate(
      { email: address, role },
      {
        onSuccess: (answer) => {
          const guest = answer?.collaborators.find((one) => one.email === address.toLowerCase());
          toast(people.invited({ name: guest ? nameOf(guest) : address }), { tone: "ok" });
          setEmail("");
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label={people.email} hint={people.emailHint} error={unknown ? people.nobody : null}>
        <Input
          type="email"
          autoComplete="off"
          maxLength={255}
          value={email}
          onChange={(event) => {
            setEmail(event.target.value);
            if (invite.isError) invite.reset();
          }}
        />
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segmented
          label={people.role}
          value={role}
          onChange={setRole}
          options={ROLES.map((value) => ({ value, label: people.roles[value] }))}
        />
        <Button
          type="submit"
          tone="main"
          busy={invite.isPending}
          disabled={!online || email.trim() === ""}
          icon={<UserPlus aria-hidden className="size-4" />}
        >
          {people.invite}
        </Button>
      </div>
      <p className="text-fg-3 text-xs">{people.roleHint[role]}</p>
      {invite.isError && !unknown && <ErrorPanel compact error={invite.error} />}
    </form>
  );
}
