import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas } from "@/api/client";
import { useUser } from "@/api/session";
import { admin } from "@/messages/admin";
import { common } from "@/messages/common";
import { Button } from "@/ui/Button";
import { Switch } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import { toast } from "@/ui/toasts";
import { GiveCredits } from "./GiveCredits";
import { PLANS, planName, ROLES, roleName } from "./person";

type Person = Schemas["PersonBody"];

interface PersonDialogProps {
  readonly person: Person;
  readonly onClose: () => void;
  readonly onChanged: () => Promise<unknown>;
}

export function PersonDialog({ person, onClose, onChanged }: PersonDialogProps) {
  const me = useUser();
  // Nobody locks themselves out.
  const own = me?.id === person.id;
  const [plan, setPlan] = useState(person.subscription_plan);
  const [role, setRole] = useState(person.role);
  const [suspended, setSuspended] = useState(person.suspended);
  const changed = plan !== person.subscription_plan || role !== person.role || suspended !== person.suspended;
  const save = useMutation({
    mutationFn: () =>
      api.PATCH("/api/admin/users/{id}", { params: { path: { id: person.id } }, body: { plan, role, suspended } }),
    onSuccess: async () => {
      await onChanged();
      toast(admin.saved, { tone: "ok" });
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={person.name ?? person.email}
      description={person.email}
    >
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={admin.plan}>
            <Select value={plan} onChange={(event) => setPlan(event.target.value)}>
              {PLANS.map((one) => (
                <option key={one} value={one}>
                  {planName(one)}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={admin.role}>
            <Select value={role} disabled={own} onChange={(event) => setRole(event.target.value)}>
              {ROLES.map((one) => (
                <option key={one} value={one}>
                  {roleName(one)}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Switch
          label={admin.suspend}
          hint={admin.suspendHint}
          checked={suspended}
          disabled={own}
          onChange={setSuspended}
        />
        {save.isError && <ErrorPanel compact error={save.error} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button tone="main" size="lg" busy={save.isPending} disabled={!changed} onClick={() => save.mutate()}>
            {common.save}
          </Button>
          <Link
            to="/admin/audit"
            search={{ user: person.id }}
            className="text-ember text-sm underline-offset-4 hover:underline"
          >
            {admin.seeAudit}
          </Link>
        </div>
        <GiveCredits person={person} onGiven={onChanged} />
      </div>
    </Dialog>
  );
}
