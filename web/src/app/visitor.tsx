import { Fragment, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { useLocale } from "@/i18n/locale";
import { LandingScreen } from "@/screens/landing/LandingScreen";
import { Boundary } from "@/ui/Boundary";

/** The landing page without router, query client and overlays: links from here load the studio. */
function Visitor() {
  return (
    <Fragment key={useLocale()}>
      <Boundary>
        <LandingScreen />
      </Boundary>
    </Fragment>
  );
}

export function showVisitor(root: HTMLElement): void {
  createRoot(root).render(
    <StrictMode>
      <Visitor />
    </StrictMode>,
  );
}
