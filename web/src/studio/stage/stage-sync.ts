// Shows the clip that belongs to the song's time, in step with it. Two video elements take turns: while one plays, the
// other loads what comes next, so that a cut is a cut and not a gap.

import { fileOf } from "../signed-urls";

export interface StageWish {
  /** The clip to show, or none. */
  readonly url: string | null;
  /** Seconds into the clip. */
  readonly time: number;
  readonly playing: boolean;
  readonly rate: number;
  /** The clip that will be shown next. */
  readonly next: string | null;
}

/** A clip may run this far apart from the song before it is set right: less would stutter. */
const LOOSE = 0.12;
/** Standing still it is exact to about a frame. */
const STILL = 0.02;

export class StageSync {
  #front: HTMLVideoElement;
  #back: HTMLVideoElement;
  readonly #shown: (url: string | null) => void;
  #wish: StageWish = { url: null, time: 0, playing: false, rate: 1, next: null };
  #told: string | null | undefined;

  /** `shown` hears which clip is on the stage, `null` when none is: a still can take its place. */
  constructor(one: HTMLVideoElement, other: HTMLVideoElement, shown: (url: string | null) => void) {
    this.#front = one;
    this.#back = other;
    this.#shown = shown;
    for (const video of [one, other]) {
      video.muted = true;
      video.playsInline = true;
      video.preload = "auto";
    }
  }

  show(wish: StageWish): void {
    this.#wish = wish;
    if (wish.url === null) {
      this.#front.pause();
      this.#tell(null);
      return;
    }
    if (this.#holds(this.#front, wish.url)) {
      this.#keepStep();
      this.#prepare(wish.next);
      return;
    }
    if (!this.#holds(this.#back, wish.url)) this.#load(this.#back, wish.url);
    if (this.#back.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) this.#turn();
    else this.#back.addEventListener("loadeddata", () => this.show(this.#wish), { once: true });
  }

  close(): void {
    for (const video of [this.#front, this.#back]) {
      video.pause();
      delete video.dataset.file;
      video.removeAttribute("src");
      video.load();
    }
  }

  #turn(): void {
    this.#front.pause();
    [this.#front, this.#back] = [this.#back, this.#front];
    this.#keepStep();
    this.#prepare(this.#wish.next);
  }

  #keepStep(): void {
    const { time, playing, rate, url } = this.#wish;
    const video = this.#front;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const last = Math.max(0, (video.duration || 0) - 0.02);
    const wanted = Math.min(last, time);
    const apart = Math.abs(video.currentTime - wanted);
    if (playing) {
      video.playbackRate = rate;
      if (apart > LOOSE * Math.max(1, rate)) video.currentTime = wanted;
      if (video.paused && wanted < last) void video.play().catch(() => undefined);
    } else {
      if (!video.paused) video.pause();
      if (apart > STILL && !video.seeking) video.currentTime = wanted;
    }
    this.#front.style.opacity = "1";
    this.#back.style.opacity = "0";
    this.#tell(url);
  }

  #prepare(url: string | null): void {
    if (url && !this.#holds(this.#back, url) && !this.#holds(this.#front, url)) this.#load(this.#back, url);
  }

  #load(video: HTMLVideoElement, url: string): void {
    video.dataset.file = fileOf(url);
    video.src = url;
    video.load();
  }

  #holds(video: HTMLVideoElement, url: string): boolean {
    return video.dataset.file === fileOf(url);
  }

  #tell(url: string | null): void {
    const file = url ? fileOf(url) : null;
    if (file === this.#told) return;
    this.#told = file;
    this.#shown(url);
  }
}
