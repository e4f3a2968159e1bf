// Ordering changes of a still: what was painted is sent first, then the order, whose task is watched to its end.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useErrand } from "@/buying/use-errand";
import { useErrandQuote } from "@/buying/use-errand-quote";
import { sendFile } from "@/media/upload";
import { studio } from "@/messages/studio";
import { projectQuery } from "@/project/project";
import { toast } from "@/ui/toasts";
import { useStudio } from "../context";
import type { Scene } from "../scene";
import { changeBody, newChange, type StillChange } from "./still-change";

export function useStillEdit(scene: Scene, changes: readonly StillChange[], model: string, onDone: () => void) {
  const { session, project } = useStudio();
  const queries = useQueryClient();
  const params = { path: { id: scene.id } };
  const errand = useErrand({
    project: project.id,
    kind: "edit_image",
    scene: scene.id,
    onDone: () => {
      void queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
      void queries.invalidateQueries({ queryKey: ["get", "/api/scenes/{id}/versions"] });
      toast(studio.edited({ number: scene.scene_number }), { tone: "ok" });
      onDone();
    },
  });
  // The price hangs on how many changes there are, not on what they say.
  const price = useErrandQuote(
    ["edit", scene.id, model, changes.length],
    async (signal) => {
      const counted = changes.map(() => changeBody({ ...newChange(""), instruction: "-" }, null));
      const body = { model, changes: counted, fallbacks: [] };
      return (await api.POST("/api/scenes/{id}/edit-image/quote", { params, body, signal })).data?.quote;
    },
    model !== "",
  );
  const order = useMutation({
    mutationFn: async () => {
      await session.flush();
      const bodies = [];
      for (const change of changes) {
        const mask =
          change.where === "mask" && change.mask
            ? await sendFile(new File([change.mask], "mask.png", { type: "image/png" }), "still")
            : null;
        bodies.push(changeBody(change, mask));
      }
      const body = { model, changes: bodies, fallbacks: [], max_cost_usd: price.usd };
      return (await api.POST("/api/scenes/{id}/edit-image", { params, body })).data?.task_id ?? null;
    },
    onSuccess: (task) => task && errand.watch(task),
  });
  return { errand, price, order };
}
