// Runs before the first paint, so that neither the theme nor the language of the page changes under the reader's eyes; and
// asks at once for what the address will need, which the page would otherwise find out piece by piece.
(() => {
  const root = document.documentElement;
  let theme = "dark";
  let known = false;
  try {
    theme = localStorage.getItem("mv.theme") || "dark";
    known = localStorage.getItem("mv.signed-in") === "1";
  } catch {
    // Storage may be blocked; the dark room it is.
  }
  if (theme === "system") theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  // The editing room is dark whatever was chosen.
  root.dataset.theme = /^\/p\/[^/]+\/edit/.test(location.pathname) ? "dark" : theme;
  const chosen = /(?:^|; )mv_locale=(ko|en)/.exec(document.cookie);
  const wished = (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag === "ko" || tag === "en");
  root.lang = chosen ? chosen[1] : wished || "ko";

  const [FILES, ADDRESSES] = [[], []];
  const early = new Map();
  window.mvEarly = early;
  for (const [pattern, files, asks] of ADDRESSES) {
    const found = new RegExp(pattern).exec(location.pathname);
    if (!found) continue;
    // Answers first: they are small, and browsers fetch six things at a time from a server without HTTP/2.
    // Visitors are not asked who they are, and what needs a search of its own is asked by the page.
    for (const ask of known && !location.search ? asks : []) {
      const url = ask.replace("$1", found[1]);
      const answer = fetch(url, { credentials: "same-origin" });
      // The page asks again where this fails.
      answer.catch(() => undefined);
      early.set(url, { at: performance.now(), answer });
    }
    for (const number of files) {
      const file = FILES[number];
      const link = document.createElement("link");
      const style = file.endsWith(".css");
      link.rel = style ? "preload" : "modulepreload";
      if (style) link.as = "style";
      else link.crossOrigin = "";
      link.href = `/${file}`;
      document.head.append(link);
    }
    break;
  }
})();
