import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { signedIn, text } from "./guard";
import { rootRoute } from "./root";

const layout = createRoute({
  getParentRoute: () => rootRoute,
  id: "administration",
  beforeLoad: async (arrival) => {
    const { user } = await signedIn(arrival);
    if (user.role !== "admin") throw redirect({ to: "/home" });
    return { user };
  },
  component: lazyRouteComponent(() => import("@/frame/AppFrame"), "AppFrame"),
});

const pages = createRoute({
  getParentRoute: () => layout,
  path: "/admin",
  component: lazyRouteComponent(() => import("@/screens/admin/AdminFrame"), "AdminFrame"),
});

const start = createRoute({
  getParentRoute: () => pages,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/queue", replace: true });
  },
});

const queue = createRoute({
  getParentRoute: () => pages,
  path: "queue",
  component: lazyRouteComponent(() => import("@/screens/admin/QueueScreen"), "QueueScreen"),
});

const users = createRoute({
  getParentRoute: () => pages,
  path: "users",
  component: lazyRouteComponent(() => import("@/screens/admin/UsersScreen"), "UsersScreen"),
});

const calls = createRoute({
  getParentRoute: () => pages,
  path: "calls",
  component: lazyRouteComponent(() => import("@/screens/admin/AllCallsScreen"), "AllCallsScreen"),
});

const audit = createRoute({
  getParentRoute: () => pages,
  path: "audit",
  validateSearch: (search: Record<string, unknown>): { user?: string; kind?: string } => ({
    user: text(search.user),
    kind: text(search.kind),
  }),
  component: lazyRouteComponent(() => import("@/screens/admin/AuditScreen"), "AuditScreen"),
});

const providers = createRoute({
  getParentRoute: () => pages,
  path: "providers",
  component: lazyRouteComponent(() => import("@/screens/admin/ProvidersScreen"), "ProvidersScreen"),
});

const storage = createRoute({
  getParentRoute: () => pages,
  path: "storage",
  component: lazyRouteComponent(() => import("@/screens/admin/StorageScreen"), "StorageScreen"),
});

const mails = createRoute({
  getParentRoute: () => pages,
  path: "mails",
  component: lazyRouteComponent(() => import("@/screens/admin/MailsScreen"), "MailsScreen"),
});

const analytics = createRoute({
  getParentRoute: () => pages,
  path: "analytics",
  component: lazyRouteComponent(() => import("@/screens/admin/AnalyticsScreen"), "AnalyticsScreen"),
});

export const adminRoutes = layout.addChildren([
  pages.addChildren([start, queue, users, calls, audit, providers, mails, storage, analytics]),
]);
