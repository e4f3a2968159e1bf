import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { projectQuery } from "@/project/project";
import type { Project, Scene } from "./scene";
import { type StudioSession, sittingAt } from "./session";

/** The sitting at a project, open as long as the page is, and fed by what the server says. */
export function useSitting(project: Project, scenes: readonly Scene[]): StudioSession {
  const queries = useQueryClient();
  const [session] = useState(() => sittingAt(project, scenes));
  useEffect(
    () =>
      session.open((rows) => {
        queries.setQueryData(projectQuery(session.id).queryKey, (before) =>
          before ? { ...before, scenes: [...rows] } : before,
        );
      }),
    [session, queries],
  );
  useEffect(() => session.receive(project, scenes), [session, project, scenes]);
  return session;
}

/** The scenes with every edit in them, also those that the server does not have yet. */
export function useSittingScenes({ editor }: StudioSession): readonly Scene[] {
  return useSyncExternalStore(editor.subscribe, () => editor.snapshot().scenes);
}
