import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { ownPath, text } from "./guard";
import { rootRoute } from "./root";

const layout = createRoute({
  getParentRoute: () => rootRoute,
  id: "auth",
  component: lazyRouteComponent(() => import("@/frame/AuthFrame"), "AuthFrame"),
});

/** Mails lead to these addresses with `?token=`; the shorter ones of old links go on working. */
function tokenSearch(search: Record<string, unknown>): { token?: string } {
  return { token: text(search.token) };
}

const signIn = createRoute({
  getParentRoute: () => layout,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string; error?: string } => ({
    next: ownPath(search.next),
    error: text(search.error),
  }),
  component: lazyRouteComponent(() => import("@/screens/auth/SignInScreen"), "SignInScreen"),
});

const signUp = createRoute({
  getParentRoute: () => layout,
  path: "/sign-up",
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: ownPath(search.next) }),
  component: lazyRouteComponent(() => import("@/screens/auth/SignUpScreen"), "SignUpScreen"),
});

const setup = createRoute({
  getParentRoute: () => layout,
  path: "/setup",
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import("@/screens/auth/SetupScreen"), "SetupScreen"),
});

const forgot = createRoute({
  getParentRoute: () => layout,
  path: "/forgot",
  component: lazyRouteComponent(() => import("@/screens/auth/ForgotScreen"), "ForgotScreen"),
});

const reset = createRoute({
  getParentRoute: () => layout,
  path: "/reset-password",
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import("@/screens/auth/ResetScreen"), "ResetScreen"),
});

const verify = createRoute({
  getParentRoute: () => layout,
  path: "/verify-email",
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import("@/screens/auth/VerifyScreen"), "VerifyScreen"),
});

const changeEmail = createRoute({
  getParentRoute: () => layout,
  path: "/change-email",
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import("@/screens/auth/ChangeEmailScreen"), "ChangeEmailScreen"),
});

/** Signed in or not: mails have a link that stops them. */
const unsubscribe = createRoute({
  getParentRoute: () => layout,
  path: "/unsubscribe/$token",
  component: lazyRouteComponent(() => import("@/screens/mail/UnsubscribeScreen"), "UnsubscribeScreen"),
});

export const authRoutes = layout.addChildren([signIn, signUp, setup, forgot, reset, verify, changeEmail, unsubscribe]);
