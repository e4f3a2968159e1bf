import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { furthestStep, projectQuery } from "@/project/project";
import { studioSearch } from "@/screens/studio/search";
import { signedIn } from "./guard";
import { rootRoute } from "./root";

const layout = createRoute({
  getParentRoute: () => rootRoute,
  path: "/p/$id",
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("@/frame/ProjectFrame"), "ProjectFrame"),
});

/** A project opens at the step it has reached. */
const start = createRoute({
  getParentRoute: () => layout,
  path: "/",
  loader: async ({ context, params }) => {
    const { project, scenes } = await context.queries.ensureQueryData(projectQuery(params.id));
    throw redirect({ href: `/p/${params.id}/${furthestStep(project, scenes)}`, replace: true });
  },
});

const song = createRoute({
  getParentRoute: () => layout,
  path: "song",
  component: lazyRouteComponent(() => import("@/screens/song/SongScreen"), "SongScreen"),
});

const analysis = createRoute({
  getParentRoute: () => layout,
  path: "analysis",
  component: lazyRouteComponent(() => import("@/screens/analysis/AnalysisScreen"), "AnalysisScreen"),
});

const edit = createRoute({
  getParentRoute: () => layout,
  path: "edit",
  validateSearch: studioSearch,
  component: lazyRouteComponent(() => import("@/screens/studio/StudioScreen"), "StudioScreen"),
});

const cast = createRoute({
  getParentRoute: () => layout,
  path: "cast",
  component: lazyRouteComponent(() => import("@/screens/cast/CastScreen"), "CastScreen"),
});

const board = createRoute({
  getParentRoute: () => layout,
  path: "board",
  component: lazyRouteComponent(() => import("@/screens/board/BoardScreen"), "BoardScreen"),
});

const finish = createRoute({
  getParentRoute: () => layout,
  path: "finish",
  component: lazyRouteComponent(() => import("@/screens/finish/FinishScreen"), "FinishScreen"),
});

const review = createRoute({
  getParentRoute: () => layout,
  path: "review",
  component: lazyRouteComponent(() => import("@/screens/review/ReviewScreen"), "ReviewScreen"),
});

export const projectRoutes = layout.addChildren([start, song, analysis, cast, board, edit, finish, review]);
