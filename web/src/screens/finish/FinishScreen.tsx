import { Link, useParams } from "@tanstack/react-router";
import { Clapperboard } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { finish } from "@/messages/finish";
import { mayEdit, useProject } from "@/project/project";
import { StudioProvider } from "@/studio/context";
import { useOrder } from "@/studio/making/use-order";
import { sittingAt } from "@/studio/session";
import { Boundary } from "@/ui/Boundary";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { StudioTopBar } from "../studio/StudioTopBar";
import { FilmFiles } from "./FilmFiles";
import { FilmView } from "./FilmView";
import { SharePanel } from "./SharePanel";
import { SyncReport } from "./SyncReport";
import { useFilms } from "./use-films";

const CostDialog = lazy(() => import("@/studio/making/CostDialog").then((module) => ({ default: module.CostDialog })));
const ReframeDialog = lazy(() => import("./ReframeDialog").then((module) => ({ default: module.ReframeDialog })));

/** The finished film: watch it, check it, take it away, show it to others. */
export function FinishScreen() {
  const { id } = useParams({ from: "/p/$id" });
  const { project, scenes } = useProject(id);
  const [session] = useState(() => sittingAt(project, scenes));
  const [asking, setAsking] = useState(false);
  const [reframing, setReframing] = useState(false);
  const run = useOrder(id);
  const { films, query } = useFilms(id);
  const canEdit = mayEdit(project);
  const newest = films[0];
  return (
    <StudioProvider value={{ session, project, canEdit, selected: null, select: () => undefined }}>
      <StudioTopBar run={run} onMake={() => setAsking(true)} />
      {project.final_video_url == null ? (
        <Empty
          icon={<Clapperboard aria-hidden />}
          title={finish.noFilm}
          text={finish.noFilmText}
          action={
            <Link to="/p/$id/edit" params={{ id }} className={buttonStyles({ tone: "main", size: "lg" })}>
              {finish.goMake}
            </Link>
          }
        />
      ) : (
        <div className="mx-auto grid max-w-[1440px] gap-6 px-4 py-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_380px] lg:gap-8">
          <div className="flex min-w-0 flex-col gap-6">
            <Boundary>
              <FilmView project={project} scenes={scenes} film={newest ?? null} />
            </Boundary>
            <Boundary>
              <SyncReport film={newest ?? null} />
            </Boundary>
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Boundary>
              <FilmFiles
                films={films}
                query={query}
                canEdit={canEdit}
                project={id}
                stills={scenes.filter((scene) => scene.image_url).length}
                onAnother={() => setReframing(true)}
              />
            </Boundary>
            <Boundary>
              <SharePanel project={project} />
            </Boundary>
          </div>
        </div>
      )}
      <Suspense>
        {reframing && newest && <ReframeDialog project={id} film={newest} onClose={() => setReframing(false)} />}
      </Suspense>
      <Suspense>{asking && <CostDialog onClose={() => setAsking(false)} last={run?.job ?? null} />}</Suspense>
    </StudioProvider>
  );
}
