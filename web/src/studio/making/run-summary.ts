import { formatLength } from "@/i18n/format";
import { making } from "@/messages/making";
import type { Running } from "./use-order";

/** An order in a few words, and how long it will take yet. */
export function summary(run: Running): { title: string; aside: string | null } {
  const single = run.job.job_type === "single_scene";
  switch (run.status) {
    case "complete":
      return { title: single ? making.doneScene : making.done, aside: null };
    case "failed":
      return { title: making.failed, aside: null };
    case "canceled":
      return { title: making.canceled, aside: null };
    case "queued":
      return { title: making.queued, aside: null };
    default: {
      const aside =
        run.secondsLeft !== null && run.secondsLeft > 0 ? making.left({ time: formatLength(run.secondsLeft) }) : null;
      if (run.stage === "postprocessing") return { title: making.finishing, aside };
      return { title: single ? making.runningScene : making.running({ done: run.done, all: run.all }), aside };
    }
  }
}
