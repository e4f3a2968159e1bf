// Runs before the first paint, so that neither the theme nor the language of the page changes under the reader's eyes.
(() => {
  const root = document.documentElement;
  let theme = "dark";
  try {
    theme = localStorage.getItem("mv.theme") || "dark";
  } catch {
    // Storage may be blocked; the dark room it is.
  }
  if (theme === "system") theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  root.dataset.theme = theme;
  const chosen = /(?:^|; )mv_locale=(ko|en)/.exec(document.cookie);
  const wished = (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag === "ko" || tag === "en");
  root.lang = chosen ? chosen[1] : wished || "ko";
})();
