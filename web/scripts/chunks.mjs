// Which chunks the studio is cut into, where the bundler's own way would make many that are too small: a browser fetches
// six files at a time from a server without HTTP/2, and each turn costs a round trip.
import { fileURLToPath } from "node:url";

const source = (path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
/** Where pages begin that are not the studio: they stay as small as they are. */
const GUESTS = ["main.tsx", "app/visitor.tsx", "watch/main.tsx"].map(source);

let reached = null;
function guests(context) {
  if (reached) return reached;
  const seen = new Set();
  const visit = (id) => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) visit(next);
  };
  for (const id of GUESTS) visit(id);
  reached = seen;
  return seen;
}

const SHELL =
  /@tanstack\/|openapi-|src\/(api\/(?!live)|keys\/|frame\/)|src\/ui\/(Skeleton|IconButton|Tooltip|Progress|Badge|Menu|Pagination|ErrorPanel|Empty)\.tsx/;

export const chunks = {
  groups: [
    {
      // What nearly every screen of the studio runs: router, queries, the API's client, the frames and the small parts.
      name: (id, context) => (guests(context).has(id) ? null : "shell"),
      test: SHELL,
      minShareCount: 4,
      includeDependenciesRecursively: false,
    },
    { name: "icons", test: /lucide-react/, minShareCount: 3, includeDependenciesRecursively: false },
  ],
};
