// Who is signed in.

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { setLocale } from "@/i18n/locale";
import { api, type Schemas } from "./client";
import { Problem } from "./problem";
import { keepSession, sessionGate } from "./session-gate";

export type User = Schemas["UserBody"];

async function whoIsIt(): Promise<User | null> {
  try {
    const { data } = await api.GET("/api/auth/session");
    return data?.user ?? null;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<User | null> => {
    const user = (await whoIsIt()) ?? ((await keepSession()) ? await whoIsIt() : null);
    if (user) noteArrival(user);
    else if (sessionGate.known) sessionGate.left();
    return user;
  },
  staleTime: 5 * 60 * 1000,
});

function noteArrival(user: User): void {
  sessionGate.arrived();
  setLocale(user.locale.startsWith("en") ? "en" : "ko");
}

/** The signed-in person, `null` for a visitor, `undefined` while that is asked. Visitors are not asked for. */
export function useUser(): User | null | undefined {
  const { data } = useQuery({ ...sessionQuery, enabled: sessionGate.known });
  return sessionGate.known ? data : null;
}

/** What to do when somebody signs in, is changed, or leaves. */
export function useSessionChange() {
  const queries = useQueryClient();
  return {
    signedIn(user: User): void {
      queries.setQueryData(sessionQuery.queryKey, user);
      noteArrival(user);
    },
    changed(user: User): void {
      queries.setQueryData(sessionQuery.queryKey, user);
      setLocale(user.locale.startsWith("en") ? "en" : "ko");
    },
    async signOut(): Promise<void> {
      await api.POST("/api/auth/logout");
      sessionGate.left();
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, null);
    },
  };
}
