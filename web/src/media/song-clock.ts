// A song that plays, outside React: subscribers write to the page themselves, so that playback draws no component anew.

import { useEffect, useState, useSyncExternalStore } from "react";

type Tick = (time: number) => void;

export class SongClock {
  private readonly audio = new Audio();
  private readonly ticks = new Set<Tick>();
  private readonly changes = new Set<() => void>();
  private frame = 0;
  failed = false;

  constructor(url: string) {
    this.audio.preload = "auto";
    this.audio.src = url;
    for (const event of ["play", "pause", "ended", "error"]) this.audio.addEventListener(event, this.changed);
    this.audio.addEventListener("seeked", this.tell);
  }

  get time(): number {
    return this.audio.currentTime;
  }

  get playing(): boolean {
    return !this.audio.paused;
  }

  get rate(): number {
    return this.audio.playbackRate;
  }

  toggle = (): void => {
    if (this.playing) this.audio.pause();
    // A browser may refuse to play before the page was touched; then nothing happens.
    else this.audio.play().catch(() => undefined);
  };

  pause(): void {
    this.audio.pause();
  }

  seek(time: number): void {
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Number.MAX_SAFE_INTEGER;
    this.audio.currentTime = Math.max(0, Math.min(end, time));
    this.tell();
  }

  /** Called with the time at once, and every frame while the song plays. */
  subscribe = (tick: Tick): (() => void) => {
    this.ticks.add(tick);
    tick(this.time);
    return () => this.ticks.delete(tick);
  };

  onChange = (listener: () => void): (() => void) => {
    this.changes.add(listener);
    return () => this.changes.delete(listener);
  };

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.ticks.clear();
  }

  private readonly tell = (): void => {
    for (const tick of this.ticks) tick(this.time);
  };

  private readonly changed = (): void => {
    this.failed = this.audio.error !== null;
    cancelAnimationFrame(this.frame);
    if (this.playing) this.run();
    this.tell();
    for (const listener of this.changes) listener();
  };

  private readonly run = (): void => {
    this.tell();
    this.frame = requestAnimationFrame(this.run);
  };
}

/** A clock for the song at this address, put away with the component. */
export function useSongClock(url: string | null): SongClock | null {
  const [song, setSong] = useState<SongClock | null>(null);
  useEffect(() => {
    if (url === null) return;
    const made = new SongClock(url);
    setSong(made);
    return () => {
      made.dispose();
      setSong(null);
    };
  }, [url]);
  return song;
}

export function usePlaying(song: SongClock | null): boolean {
  return useSyncExternalStore(
    (listener) => song?.onChange(listener) ?? (() => undefined),
    () => song?.playing ?? false,
  );
}

function unsigned(address: string | null): string | undefined {
  return address?.split("?")[0];
}

/** The part of an address that stays when it is signed anew: players keep their place. */
export function useSteadyUrl(url: string | null): string | null {
  const [kept, setKept] = useState(url);
  useEffect(() => {
    if (unsigned(url) !== unsigned(kept)) setKept(url);
  }, [url, kept]);
  return kept;
}
