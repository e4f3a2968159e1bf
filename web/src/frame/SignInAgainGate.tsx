import { lazy, Suspense } from "react";
import { useSessionGate } from "@/api/session-gate";

const SignInAgain = lazy(() => import("./SignInAgain").then((module) => ({ default: module.SignInAgain })));

/** Loads the dialog only when it is needed. */
export function SignInAgainGate() {
  const waiting = useSessionGate((gate) => gate.waiting);
  return <Suspense>{waiting && <SignInAgain />}</Suspense>;
}
