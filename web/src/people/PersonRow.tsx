import { UserMinus } from "lucide-react";
import type { ReactNode } from "react";
import { people } from "@/messages/people";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/IconButton";
import { Select } from "@/ui/Input";
import { type Collaborator, nameOf, type Role } from "./use-people";

interface PersonRowProps {
  readonly person: Collaborator;
  readonly me: boolean;
  /** Whether whoever looks may let people in and out. */
  readonly mine: boolean;
  readonly busy: boolean;
  readonly onRole: (role: Role) => void;
  readonly onRemove: () => void;
}

export function PersonRow({ person, me, mine, busy, onRole, onRemove }: PersonRowProps) {
  const name = nameOf(person);
  const role: Role = person.role === "editor" ? "editor" : "viewer";
  return (
    <Row name={name} email={person.email} me={me}>
      {mine ? (
        <>
          <span className="w-24 shrink-0">
            <Select
              aria-label={people.roleOf({ name })}
              value={role}
              disabled={busy}
              className="h-8 pl-2.5 text-xs"
              onChange={(event) => onRole(event.target.value === "editor" ? "editor" : "viewer")}
            >
              <option value="editor">{people.roles.editor}</option>
              <option value="viewer">{people.roles.viewer}</option>
            </Select>
          </span>
          <IconButton label={people.removeOf({ name })} disabled={busy} onClick={onRemove}>
            <UserMinus aria-hidden />
          </IconButton>
        </>
      ) : (
        <Badge>{people.roles[role]}</Badge>
      )}
    </Row>
  );
}

interface RowProps {
  readonly name: string;
  readonly email: string;
  readonly me: boolean;
  readonly children: ReactNode;
}

export function Row({ name, email, me, children }: RowProps) {
  return (
    <li className="flex min-h-12 items-center gap-2.5 border-line border-t py-2 first:border-t-0">
      <Avatar name={name} className="size-8" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5 text-sm">
          <span className="truncate font-medium">{name}</span>
          {me && <span className="shrink-0 text-fg-3 text-xs">{people.me}</span>}
        </span>
        {email !== name && <span className="block truncate text-fg-3 text-xs">{email}</span>}
      </span>
      {children}
    </li>
  );
}
