import { lazy, Suspense } from "react";
import type { FailurePanelProps } from "./FailurePanel";

const FailurePanel = lazy(() => import("./FailurePanel").then((module) => ({ default: module.FailurePanel })));

/** Why something that was ordered failed, and the way out where there is one. Its words come with the first failure. */
export function FailureNote(props: FailurePanelProps) {
  return (
    <Suspense>
      <FailurePanel {...props} />
    </Suspense>
  );
}
