import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { PublicFrame } from "@/frame/PublicFrame";
import { rootRoute } from "./root";

const layout = createRoute({ getParentRoute: () => rootRoute, id: "public", component: PublicFrame });

const landing = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(() => import("@/screens/landing/LandingScreen"), "LandingScreen"),
});

export const publicRoutes = layout.addChildren([landing]);
