import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { reloadOnceForMissingChunks, watchForNewVersion } from "./app/deployment";
import "./styles/app.css";

reloadOnceForMissingChunks();
watchForNewVersion();
// Font faces come after the first paint: the system's font stands in until then.
requestAnimationFrame(() => setTimeout(() => import("./styles/fonts")));

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
