import { createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { isLegalDoc } from "@/screens/legal/docs";
import { pricingSearch } from "@/screens/pricing/search";
import { rootRoute } from "./root";

const layout = createRoute({
  getParentRoute: () => rootRoute,
  id: "public",
  component: lazyRouteComponent(() => import("@/frame/PublicFrame"), "PublicFrame"),
});

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

const pricing = createRoute({
  getParentRoute: () => layout,
  path: "/pricing",
  validateSearch: pricingSearch,
  component: lazyRouteComponent(() => import("@/screens/pricing/PricingScreen"), "PricingScreen"),
});

/** Documents by name; one that does not exist is not found. */
const legal = createRoute({
  getParentRoute: () => layout,
  path: "/legal/$doc",
  beforeLoad: ({ params }) => {
    if (!isLegalDoc(params.doc)) throw notFound();
  },
  component: lazyRouteComponent(() => import("@/screens/legal/LegalScreen"), "LegalScreen"),
});

const status = createRoute({
  getParentRoute: () => layout,
  path: "/status",
  component: lazyRouteComponent(() => import("@/screens/status/StatusScreen"), "StatusScreen"),
});

export const publicRoutes = [landing, layout.addChildren([templates, pricing, legal, status])] as const;
