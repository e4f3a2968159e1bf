import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { GeneralCommands } from "@/frame/GeneralCommands";
import { OfflineBar } from "@/frame/OfflineBar";
import { SignInAgainGate } from "@/frame/SignInAgainGate";

export interface RouterContext {
  readonly queries: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: () => (
    <>
      <GeneralCommands />
      <OfflineBar />
      <Outlet />
      <SignInAgainGate />
    </>
  ),
});
