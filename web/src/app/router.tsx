import { createRouter } from "@tanstack/react-router";
import { ErrorScreen, NotFoundScreen } from "@/screens/error/ErrorScreens";
import { queries } from "./queries";
import { adminRoutes } from "./routes/admin";
import { appRoutes } from "./routes/app";
import { authRoutes } from "./routes/auth";
import { projectRoutes } from "./routes/project";
import { publicRoutes } from "./routes/public";
import { rootRoute } from "./routes/root";

export const router = createRouter({
  routeTree: rootRoute.addChildren([...publicRoutes, authRoutes, appRoutes, projectRoutes, adminRoutes]),
  context: { queries },
  defaultPreload: "intent",
  // Data belongs to TanStack Query; the router only fetches code ahead.
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: ({ error, reset }) => <ErrorScreen error={error} onRetry={reset} />,
  defaultNotFoundComponent: () => <NotFoundScreen />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
