// Visitors of the landing page and of shared films get a small page of their own; everybody else gets the studio.

import { reloadOnceForMissingChunks, watchForNewVersion } from "./app/deployment";
import { fontsWhenQuiet } from "./styles/arrival";
import "./styles/app.css";

reloadOnceForMissingChunks();
watchForNewVersion();
fontsWhenQuiet();

const root = document.getElementById("root");
if (root) {
  const visit = location.pathname === "/";
  if (visit) void import("./app/visitor").then(({ showVisitor }) => showVisitor(root));
  else void import("./app/studio").then(({ showStudio }) => showStudio(root));
}
