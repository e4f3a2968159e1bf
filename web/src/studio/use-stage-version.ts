// Which older version is on the stage, whether it is compared, and bringing it back.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ifMatch } from "@/api/client";
import { studio } from "@/messages/studio";
import { projectQuery } from "@/project/project";
import { toast } from "@/ui/toasts";
import type { Scene, Version } from "./scene";
import type { StudioSession } from "./session";
import { useVersions } from "./use-versions";

interface Wanted {
  readonly scene: string;
  readonly number: number | null;
  readonly comparing: boolean;
}

export function useStageVersion(session: StudioSession, scene: Scene | null, opened: { v?: number; compare?: 1 }) {
  const queries = useQueryClient();
  const { versions, current } = useVersions(scene);
  const [wanted, setWanted] = useState<Wanted | null>(() =>
    scene && opened.v ? { scene: scene.id, number: opened.v, comparing: opened.compare === 1 } : null,
  );
  // Another scene has other versions.
  useEffect(() => {
    setWanted((before) => (before && before.scene === scene?.id ? before : null));
  }, [scene?.id]);
  const mine = wanted && wanted.scene === scene?.id ? wanted : null;
  const chosen = mine?.number == null ? null : (versions.find((version) => version.number === mine.number) ?? null);
  // The version that the scene is now needs no place of its own on the stage.
  const older = chosen && !chosen.is_current ? chosen : null;

  const show = (version: Version | null) =>
    setWanted(
      scene && version
        ? { scene: scene.id, number: version.number, comparing: mine?.comparing === true && !version.is_current }
        : null,
    );
  const compare = (on: boolean, version: Version | null = older) => {
    const subject = version ?? versions.findLast((one) => !one.is_current) ?? null;
    if (!scene || !subject) return;
    setWanted(on ? { scene: scene.id, number: subject.number, comparing: true } : null);
  };
  const next = () => {
    if (versions.length < 2) return;
    const shown = versions.findIndex((version) => (chosen ? version.id === chosen.id : version.is_current));
    show(versions[(shown + 1) % versions.length] ?? null);
  };

  const restore = useMutation({
    mutationFn: async (version: Version) => {
      await session.flush();
      const row = session.editor.scene(idOf(scene));
      return api.POST("/api/scenes/{id}/versions/{version_id}/restore", {
        params: {
          path: { id: idOf(scene), version_id: version.id },
          header: row ? { "If-Match": ifMatch(row.version) } : {},
        },
      });
    },
    onSuccess: async (_, version) => {
      setWanted(null);
      toast(studio.restored({ number: version.number }), { tone: "ok" });
      await Promise.all([
        queries.invalidateQueries({ queryKey: projectQuery(session.id).queryKey }),
        queries.invalidateQueries({ queryKey: ["get", "/api/scenes/{id}/versions"] }),
      ]);
    },
  });
  return {
    versions,
    current,
    chosen,
    older,
    comparing: older !== null && mine?.comparing === true,
    show,
    compare,
    next,
    restore,
  };
}

function idOf(scene: Scene | null): string {
  return scene?.id ?? "";
}
