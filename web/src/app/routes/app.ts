import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { homeSearch } from "@/screens/home/search";
import { signedIn, text } from "./guard";
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

const characters = createRoute({
  getParentRoute: () => layout,
  path: "/characters",
  component: lazyRouteComponent(() => import("@/screens/characters/CharactersScreen"), "CharactersScreen"),
});

/** Characters made for a project lead back to its cast. */
const forProject = (search: Record<string, unknown>): { project?: string } => ({ project: text(search.project) });

const newCharacter = createRoute({
  getParentRoute: () => layout,
  path: "/characters/new",
  validateSearch: forProject,
  component: lazyRouteComponent(() => import("@/screens/characters/NewCharacterScreen"), "NewCharacterScreen"),
});

const character = createRoute({
  getParentRoute: () => layout,
  path: "/characters/$id",
  validateSearch: forProject,
  component: lazyRouteComponent(() => import("@/screens/characters/CharacterScreen"), "CharacterScreen"),
});

const onboarding = createRoute({
  getParentRoute: () => layout,
  path: "/onboarding",
  component: lazyRouteComponent(() => import("@/screens/onboarding/OnboardingScreen"), "OnboardingScreen"),
});

export const appRoutes = layout.addChildren([home, onboarding, newSong, characters, newCharacter, character]);
