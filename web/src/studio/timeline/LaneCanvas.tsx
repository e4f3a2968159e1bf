import { useEffect, useRef } from "react";
import type { PeaksPyramid } from "@/engine/peaks";
import { useLocale } from "@/i18n/locale";
import { useEditor, useStudio, useView } from "../context";
import { LANES, LANES_HEIGHT, type LaneView, paintLanes, paintLitWave, WAVE_TOP } from "./paint-lanes";
import type { TimelineView } from "./timeline-view";
import { useDark } from "./use-dark";

interface LaneCanvasProps {
  readonly view: TimelineView;
  readonly peaks: PeaksPyramid | null;
}

/** Two canvases as wide as the screen: they are painted on scroll, zoom and resize, and never while the song plays. */
export function LaneCanvas({ view, peaks }: LaneCanvasProps) {
  const { session } = useStudio();
  const lanes = useRef<HTMLCanvasElement>(null);
  const lit = useRef<HTMLCanvasElement>(null);
  const locale = useLocale();
  const dark = useDark();
  const grid = useEditor(() => session.editor.grid);
  const extra = useView((shown) => shown.waveExtra);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the names of sections are painted in the language in use
  useEffect(() => {
    const reveal = () => {
      const right = Math.max(0, view.width - view.screenX(session.clock.time));
      if (lit.current) lit.current.style.clipPath = `inset(0 ${Math.min(view.width, right)}px 0 0)`;
    };
    const paint = () => {
      const look: LaneView = { grid, peaks, zoom: view.zoom, scroll: view.scroll, width: view.width, dark, extra };
      const base = sized(lanes.current, view.width, LANES_HEIGHT + extra);
      if (base) paintLanes(base, look);
      const bright = sized(lit.current, view.width, LANES.wave + extra);
      if (bright) paintLitWave(bright, look);
      reveal();
    };
    paint();
    // Numbers are painted with the page's own font once it has arrived.
    void document.fonts.ready.then(paint);
    const stopPainting = view.onPaint(paint);
    const stopRevealing = session.clock.onTime(reveal);
    return () => {
      stopPainting();
      stopRevealing();
    };
  }, [view, peaks, grid, session, dark, locale, extra]);

  return (
    <div aria-hidden className="pointer-events-none sticky left-0 h-0 w-0">
      <canvas ref={lanes} className="absolute top-0 left-0" />
      <canvas ref={lit} className="absolute left-0" style={{ top: WAVE_TOP }} />
    </div>
  );
}

/** The canvas at the screen's own resolution. Setting a size clears it, so it is set only when it is another. */
function sized(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  const context = canvas?.getContext("2d") ?? null;
  if (!canvas || !context) return null;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
