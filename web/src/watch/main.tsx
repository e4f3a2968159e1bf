// A shared film: a page of its own, for people who have nothing of the studio's.

import "../styles/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { fontsWhenQuiet } from "../styles/arrival";
import { WatchPage } from "./WatchPage";

fontsWhenQuiet();

const token = decodeURIComponent(location.pathname.replace(/^\/watch\//, "").replace(/\/.*$/, ""));
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <WatchPage token={token} />
    </StrictMode>,
  );
}
