import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { homeSearch } from "@/screens/home/search";
import { signedIn } from "./guard";
import { rootRoute } from "./root";

const layout = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("@/frame/AppFrame"), "AppFrame"),
});

const home = createRoute({
  getParentRoute: () => layout,
  path: "/home",
  validateSearch: homeSearch,
  component: lazyRouteComponent(() => import("@/screens/home/HomeScreen"), "HomeScreen"),
});

const newSong = createRoute({
  getParentRoute: () => layout,
  path: "/new",
  component: lazyRouteComponent(() => import("@/screens/song/NewSongScreen"), "NewSongScreen"),
});

export const appRoutes = layout.addChildren([home, newSong]);
