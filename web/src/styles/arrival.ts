// When the font faces come. The system's font, made as wide, stands in until then: what the page says must not wait behind
// 300 KiB of letters.

const HERE = "mv.fonts";
/** Nothing arrived for so long: the page has what it asked for. */
const QUIET_MS = 400;

/** At once where the browser keeps them from an earlier visit; on a first visit once everything else has come. */
export function fontsWhenQuiet(): void {
  if (wereHere()) {
    requestAnimationFrame(() => setTimeout(load));
    return;
  }
  const arrivals = new PerformanceObserver(wait);
  let timer = 0;
  function wait() {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      arrivals.disconnect();
      void load();
    }, QUIET_MS);
  }
  arrivals.observe({ type: "resource" });
  wait();
}

async function load(): Promise<void> {
  await import("./fonts");
  try {
    localStorage.setItem(HERE, "1");
  } catch {
    // Storage may be blocked: the next visit waits again.
  }
}

function wereHere(): boolean {
  try {
    return localStorage.getItem(HERE) === "1";
  } catch {
    return false;
  }
}
