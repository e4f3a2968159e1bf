import "@/studio/studio.css";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Clapperboard } from "lucide-react";
import { useEffect } from "react";
import { studio } from "@/messages/studio";
import { mayEdit, useProject } from "@/project/project";
import { StudioProvider } from "@/studio/context";
import type { Project, Scene } from "@/studio/scene";
import { useSelection } from "@/studio/use-selection";
import { useSitting } from "@/studio/use-sitting";
import { useDarkRoom } from "@/theme/theme";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { StudioRoom } from "./StudioRoom";

export function StudioScreen() {
  const { id } = useParams({ from: "/p/$id" });
  const { project, scenes } = useProject(id);
  useDarkRoom();
  if (scenes.length === 0) {
    return (
      <Empty
        icon={<Clapperboard aria-hidden />}
        title={studio.noScenes}
        text={studio.noScenesText}
        action={
          <Link
            to={"/p/$id/analysis" as "/p/$id"}
            params={{ id }}
            className={buttonStyles({ tone: "main", size: "lg" })}
          >
            {studio.goAnalyse}
          </Link>
        }
      />
    );
  }
  return <Sitting key={project.id} project={project} scenes={scenes} />;
}

/** One sitting: made with the page, fed by what the server says, closed with the page. */
function Sitting({ project, scenes }: { readonly project: Project; readonly scenes: readonly Scene[] }) {
  const search = useSearch({ from: "/p/$id/edit" });
  const session = useSitting(project, scenes);
  const { selected, select } = useSelection(session, search.scene);

  // Where a shared address points, once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is read when the page opens; later the page writes it
  useEffect(() => {
    const scene = session.editor.snapshot().scenes[(search.scene ?? 1) - 1];
    const time = search.t ?? scene?.timestamp_start ?? 0;
    session.clock.seek(time);
  }, [session]);

  return (
    <StudioProvider value={{ session, project, canEdit: mayEdit(project), selected, select }}>
      <StudioRoom search={search} />
    </StudioProvider>
  );
}
