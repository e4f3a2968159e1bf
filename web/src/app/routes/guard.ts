import { redirect } from "@tanstack/react-router";
import { sessionQuery, type User } from "@/api/session";
import type { RouterContext } from "./root";

interface Arrival {
  readonly context: RouterContext;
  readonly location: { readonly href: string };
}

/** Lets signed-in people through and sends others to sign in, with the way back. */
export async function signedIn({ context, location }: Arrival): Promise<{ user: User }> {
  const user = await context.queries.ensureQueryData(sessionQuery);
  if (!user) throw redirect({ to: "/sign-in", search: { next: location.href } });
  return { user };
}

/** A text search parameter, or nothing. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;
}

/** A way back inside this site; links to other sites are dropped. */
export function ownPath(value: unknown): string | undefined {
  const path = text(value);
  return path && /^\/(?![/\\])/.test(path) ? path : undefined;
}
