// What the addresses of first pages lead to: the modules that draw them and the calls that they begin with. The calls are
// worded as the page words them; one that nobody asks for is only a call too many.

export const STUDIO = "src/app/studio.tsx";
export const VISITOR = "src/app/visitor.tsx";
const APP = "src/frame/AppFrame.tsx";
const PROJECT = "src/frame/ProjectFrame.tsx";
/** Stands in `first-paint.js` where the table goes. */
export const TABLE = "const [FILES, ADDRESSES] = [[], []];";

const WHO = "/api/auth/session";

const app = (path, screen, ...asks) => ({
  path,
  modules: [STUDIO, APP, `src/screens/${screen}.tsx`],
  asks: [WHO, ...asks],
});
const step = (name, screen, ...asks) => ({
  path: new RegExp(`^/p/([0-9a-f-]{36})/${name}$`),
  modules: [STUDIO, PROJECT, `src/screens/${screen}.tsx`],
  asks: [WHO, "/api/projects/$1", ...asks],
});
const guest = (path, screen) => ({ path, modules: [STUDIO, `src/screens/${screen}.tsx`] });

export const ADDRESSES = [
  { path: /^\/$/, modules: [VISITOR] },
  app(/^\/home$/, "home/HomeScreen", "/api/projects?sort=updated_desc&offset=0&limit=24"),
  app(/^\/new$/, "song/NewSongScreen"),
  app(/^\/characters$/, "characters/CharactersScreen"),
  app(/^\/usage$/, "usage/UsageScreen"),
  step("song", "song/SongScreen"),
  step("analysis", "analysis/AnalysisScreen"),
  step("cast", "cast/CastScreen"),
  step("board", "board/BoardScreen", "/api/projects/$1/jobs?limit=1", "/api/templates"),
  step("edit", "studio/StudioScreen"),
  step("finish", "finish/FinishScreen"),
  guest(/^\/sign-in$/, "auth/SignInScreen"),
  guest(/^\/sign-up$/, "auth/SignUpScreen"),
  guest(/^\/legal\/[a-z]+$/, "legal/LegalScreen"),
];
