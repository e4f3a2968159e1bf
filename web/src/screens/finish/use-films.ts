import { useMemo } from "react";
import { $api, type Schemas } from "@/api/client";

export type FilmFile = Schemas["ExportView"];

/** All files of one order, the film among them. */
export interface FilmSet {
  readonly job: string;
  readonly film: FilmFile;
  readonly files: readonly FilmFile[];
  /** The same film in other shapes, newest first. */
  readonly shapes: readonly FilmFile[];
}

const MOST = 100;

/** A project's finished films, newest first, each with what belongs to it. */
export function useFilms(project: string) {
  const query = $api.useQuery("get", "/api/projects/{id}/exports", {
    params: { path: { id: project }, query: { limit: MOST } },
  });
  const films = useMemo(() => {
    const jobs = new Map<string, FilmFile[]>();
    const shapes = new Map<string, FilmFile[]>();
    const put = (into: Map<string, FilmFile[]>, job: string, file: FilmFile) =>
      into.set(job, [...(into.get(job) ?? []), file]);
    for (const file of query.data?.data ?? []) {
      const { reframe_of } = file.settings as { reframe_of?: string };
      if (!reframe_of) put(jobs, file.job_id ?? file.id, file);
      else if (file.kind === "film") put(shapes, reframe_of, file);
    }
    return Array.from(jobs, ([job, files]): FilmSet | null => {
      const film = files.find((file) => file.kind === "film");
      return film ? { job, film, files, shapes: shapes.get(job) ?? [] } : null;
    }).filter((set) => set !== null);
  }, [query.data]);
  return { films, query };
}

export type FilmsQuery = ReturnType<typeof useFilms>["query"];

export function fileOfKind(set: FilmSet | null, kind: string): FilmFile | null {
  return set?.files.find((file) => file.kind === kind) ?? null;
}
