import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { homeSearch } from "@/screens/home/search";
import { ownPath, signedIn, text } from "./guard";
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

const usage = createRoute({
  getParentRoute: () => layout,
  path: "/usage",
  component: lazyRouteComponent(() => import("@/screens/usage/UsageScreen"), "UsageScreen"),
});

const billing = createRoute({
  getParentRoute: () => layout,
  path: "/billing",
  validateSearch: (search: Record<string, unknown>): { from?: string } => ({ from: ownPath(search.from) }),
  component: lazyRouteComponent(() => import("@/screens/billing/BillingScreen"), "BillingScreen"),
});

/** Where people come back to from paying. */
const paid = createRoute({
  getParentRoute: () => layout,
  path: "/billing/done",
  validateSearch: (search: Record<string, unknown>): { session_id?: string } => ({
    session_id: text(search.session_id),
  }),
  component: lazyRouteComponent(() => import("@/screens/billing/DoneScreen"), "DoneScreen"),
});

const settings = createRoute({
  getParentRoute: () => layout,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/screens/settings/SettingsFrame"), "SettingsFrame"),
});

const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/profile", replace: true });
  },
});

const profile = createRoute({
  getParentRoute: () => settings,
  path: "profile",
  component: lazyRouteComponent(() => import("@/screens/settings/ProfileScreen"), "ProfileScreen"),
});

const security = createRoute({
  getParentRoute: () => settings,
  path: "security",
  component: lazyRouteComponent(() => import("@/screens/settings/SecurityScreen"), "SecurityScreen"),
});

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: "api-keys",
  component: lazyRouteComponent(() => import("@/screens/settings/KeysScreen"), "KeysScreen"),
});

const privacy = createRoute({
  getParentRoute: () => settings,
  path: "privacy",
  component: lazyRouteComponent(() => import("@/screens/settings/PrivacyScreen"), "PrivacyScreen"),
});

const notifications = createRoute({
  getParentRoute: () => settings,
  path: "notifications",
  component: lazyRouteComponent(() => import("@/screens/settings/NotificationsScreen"), "NotificationsScreen"),
});

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: "webhooks",
  component: lazyRouteComponent(() => import("@/screens/settings/WebhooksScreen"), "WebhooksScreen"),
});

const settingsPages = settings.addChildren([
  settingsStart,
  profile,
  security,
  apiKeys,
  privacy,
  notifications,
  webhooks,
]);

export const appRoutes = layout.addChildren([
  home,
  onboarding,
  newSong,
  characters,
  newCharacter,
  character,
  usage,
  billing,
  paid,
  settingsPages,
]);
