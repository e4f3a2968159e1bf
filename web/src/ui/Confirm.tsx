import { lazy, Suspense } from "react";
import type { ConfirmProps } from "./ConfirmDialog";

const ConfirmDialog = lazy(() => import("./ConfirmDialog").then((module) => ({ default: module.ConfirmDialog })));

/** Asks before what cannot be undone with a click; it stays open while `busy`. Its code comes when it first opens. */
export function Confirm(props: ConfirmProps) {
  return <Suspense>{props.open && <ConfirmDialog {...props} />}</Suspense>;
}
