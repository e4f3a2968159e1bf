// Where the timeline stands: zoom, scroll, width. It lives outside React; canvases and the playhead listen to it, and
// components only to the window of clips, which moves in steps.

import { nextWindow, type ViewWindow } from "@/engine/viewport-window";
import { clampZoom, fitZoom, scrollAfterZoom, zoomStep } from "@/engine/zoom";
import type { ViewStore } from "../view-store";

/** Where a page begins: this share of the screen before the playhead. */
const PAGE_LEAD = 0.12;

export class TimelineView {
  readonly #store: ViewStore;
  readonly #paints = new Set<() => void>();
  readonly #windows = new Set<() => void>();
  #scroller: HTMLElement | null = null;
  #content: HTMLElement | null = null;
  #width = 0;
  #duration: number;
  #window: ViewWindow = { from: 0, to: 30 };
  #frame: number | null = null;
  /** Turns of the wheel since the last frame, and where the pointer was. */
  #turns = 0;
  #pointer = 0;
  /** What was painted last: a scroll that the zoom itself caused is seen already. */
  #painted = "";

  constructor(store: ViewStore, duration: number) {
    this.#store = store;
    this.#duration = duration;
  }

  get zoom(): number {
    return this.#store.getState().zoom;
  }

  get scroll(): number {
    return this.#scroller?.scrollLeft ?? 0;
  }

  get width(): number {
    return this.#width;
  }

  setDuration(duration: number): void {
    this.#duration = duration;
  }

  /** Ties it to the page; gives the way to untie it. */
  attach(scroller: HTMLElement, content: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#content = content;
    const moved = () => this.#changed();
    const sized = new ResizeObserver(() => {
      this.#width = scroller.clientWidth;
      this.#changed();
    });
    const wheel = (event: WheelEvent) => this.#wheel(event);
    this.#width = scroller.clientWidth;
    this.#place();
    scroller.addEventListener("scroll", moved, { passive: true });
    // Not passive: a pinch, or a wheel with Ctrl, zooms the song and not the page.
    scroller.addEventListener("wheel", wheel, { passive: false });
    sized.observe(scroller);
    this.#changed();
    return () => {
      scroller.removeEventListener("scroll", moved);
      scroller.removeEventListener("wheel", wheel);
      sized.disconnect();
      if (this.#frame !== null) cancelAnimationFrame(this.#frame);
      this.#frame = null;
      this.#scroller = null;
    };
  }

  /** Called in the next frame whenever what is seen is another. */
  onPaint(listener: () => void): () => void {
    this.#paints.add(listener);
    return () => this.#paints.delete(listener);
  }

  readonly onWindow = (listener: () => void): (() => void) => {
    this.#windows.add(listener);
    return () => this.#windows.delete(listener);
  };

  readonly window = (): ViewWindow => this.#window;

  /** Zooms about a point of the screen, in pixels from the timeline's left; about the playhead's place if it is seen. */
  zoomTo(pixelsPerSecond: number, pointer = this.#width / 2): void {
    const before = this.zoom;
    const after = clampZoom(pixelsPerSecond, this.#duration, this.#width);
    if (after === before || !this.#scroller) return;
    const scroll = scrollAfterZoom(before, after, this.scroll, pointer);
    this.#store.setState({ zoom: after });
    this.#place();
    this.#scroller.scrollLeft = scroll;
    this.#changed();
  }

  zoomBy(steps: number, pointer?: number): void {
    this.zoomTo(zoomStep(this.zoom, steps), pointer);
  }

  fit(): void {
    this.zoomTo(fitZoom(this.#duration, this.#width - 16), 0);
    if (this.#scroller) this.#scroller.scrollLeft = 0;
  }

  /** Where a time is, in pixels from the timeline's left. */
  screenX(time: number): number {
    return time * this.zoom - this.scroll;
  }

  timeAt(clientX: number): number {
    const left = this.#scroller?.getBoundingClientRect().left ?? 0;
    return Math.min(this.#duration, Math.max(0, (clientX - left + this.scroll) / this.zoom));
  }

  /** Brings a time into sight, turning the page rather than gliding; `margin` is the share of the right edge that counts as out of it. */
  reveal(time: number, margin = 0.12): void {
    if (!this.#scroller || this.#width === 0) return;
    const x = this.screenX(time);
    if (x >= 0 && x <= this.#width * (1 - margin)) return;
    this.#scroller.scrollLeft = time * this.zoom - this.#width * PAGE_LEAD;
  }

  #place(): void {
    this.#content?.style.setProperty("--pps", String(this.zoom));
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) {
      // A plain wheel scrolls along the song.
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX) || !this.#scroller) return;
      event.preventDefault();
      this.#scroller.scrollLeft += event.deltaY;
      return;
    }
    event.preventDefault();
    const left = this.#scroller?.getBoundingClientRect().left ?? 0;
    // However many turns a frame brings, they are one zoom.
    this.#turns -= event.deltaY / 60;
    this.#pointer = event.clientX - left;
    this.#changed();
  }

  #changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      const turns = this.#turns;
      this.#turns = 0;
      if (turns !== 0) this.zoomBy(turns, this.#pointer);
      this.#frame = null;
      const { scroll } = this;
      const painted = `${this.zoom} ${scroll} ${this.#width}`;
      if (painted !== this.#painted) for (const listener of this.#paints) listener();
      this.#painted = painted;
      const window = nextWindow(this.#window, scroll, this.#width, this.zoom);
      if (window === this.#window) return;
      this.#window = window;
      for (const listener of this.#windows) listener();
    });
  }
}
