// Visitors of the landing page and of shared films get a small page of their own; everybody else gets the studio.

import { reloadOnceForMissingChunks, watchForNewVersion } from "./app/deployment";
import "./styles/app.css";

reloadOnceForMissingChunks();
watchForNewVersion();
// Font faces come after the first paint: the system's font stands in until then.
requestAnimationFrame(() => setTimeout(() => import("./styles/fonts")));

const root = document.getElementById("root");
if (root) {
  const visit = location.pathname === "/";
  if (visit) void import("./app/visitor").then(({ showVisitor }) => showVisitor(root));
  else void import("./app/studio").then(({ showStudio }) => showStudio(root));
}
