import { useParams } from "@tanstack/react-router";
import { analysisOf } from "@/project/analysis";
import { useProject } from "@/project/project";
import { Heard } from "./Heard";
import { Listening } from "./Listening";

export function AnalysisScreen() {
  const { id } = useParams({ from: "/p/$id/analysis" });
  const { project, scenes } = useProject(id);
  const heard = analysisOf(project);
  return heard ? <Heard project={project} scenes={scenes} heard={heard} /> : <Listening project={project} />;
}
