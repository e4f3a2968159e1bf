import { PeopleDialog } from "@/people/PeopleDialog";
import type { ProjectView } from "@/project/project";
import { RenameDialog } from "@/project/RenameDialog";

/** What the project's menu opens. */
export type Asked = "name" | "people";

interface ProjectDialogsProps {
  readonly asked: Asked;
  readonly project: ProjectView;
  readonly onClose: () => void;
}

export function ProjectDialogs({ asked, ...rest }: ProjectDialogsProps) {
  return asked === "name" ? <RenameDialog {...rest} /> : <PeopleDialog {...rest} />;
}
