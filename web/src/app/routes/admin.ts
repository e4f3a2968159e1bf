import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { signedIn } from "./guard";
import { rootRoute } from "./root";

export const adminRoutes = createRoute({
  getParentRoute: () => rootRoute,
  path: "/admin",
  beforeLoad: async (arrival) => {
    const { user } = await signedIn(arrival);
    if (user.role !== "admin") throw redirect({ to: "/home" });
    return { user };
  },
  component: lazyRouteComponent(() => import("@/frame/AppFrame"), "AppFrame"),
});
