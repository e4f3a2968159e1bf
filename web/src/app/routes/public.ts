import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { PublicFrame } from "@/frame/PublicFrame";
import { rootRoute } from "./root";

const layout = createRoute({ getParentRoute: () => rootRoute, id: "public", component: PublicFrame });

/** The landing page is a page of its own (`app/visitor.tsx`): going there leaves the studio. */
const landing = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    location.assign("/");
    return new Promise<never>(() => undefined);
  },
});

const templates = createRoute({
  getParentRoute: () => layout,
  path: "/templates",
  component: lazyRouteComponent(() => import("@/screens/templates/TemplatesScreen"), "TemplatesScreen"),
});

export const publicRoutes = [landing, layout.addChildren([templates])] as const;
