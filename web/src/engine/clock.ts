/**
 * The clock of the studio. It reads a media element once a frame and tells whoever listens; no component renders while
 * the song plays. It knows no browser: the player and the frame scheduler are handed in.
 */

/** What the clock needs of an audio or video element. */
export interface Player {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  play(): Promise<void> | void;
  pause(): void;
}

export interface FrameScheduler {
  request(callback: () => void): number;
  cancel(handle: number): void;
}

export interface LoopRange {
  readonly start: number;
  readonly end: number;
}

export class Clock {
  readonly #frames: FrameScheduler;
  readonly #listeners = new Set<(time: number) => void>();
  readonly #states = new Set<() => void>();
  #player: Player | null = null;
  #duration: number;
  #time = 0;
  #rate = 1;
  #playing = false;
  #loop: LoopRange | null = null;
  #handle: number | null = null;

  constructor(duration: number, frames: FrameScheduler) {
    this.#duration = duration;
    this.#frames = frames;
  }

  get time(): number {
    return this.#time;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get rate(): number {
    return this.#rate;
  }

  get loop(): LoopRange | null {
    return this.#loop;
  }

  /** Hands in the element that sounds; what was set before is set on it. */
  attach(player: Player): () => void {
    this.#player = player;
    player.currentTime = this.#time;
    player.playbackRate = this.#rate;
    return () => {
      if (this.#player !== player) return;
      this.pause();
      this.#player = null;
    };
  }

  setDuration(duration: number): void {
    this.#duration = duration;
    if (this.#time > duration) this.seek(duration);
  }

  /** Called each frame while it plays, and after every jump. */
  onTime(listener: (time: number) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#time);
    return () => this.#listeners.delete(listener);
  }

  /** Called when it starts, stops, or changes speed or loop. */
  onState(listener: () => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  async play(rate = 1): Promise<void> {
    const player = this.#player;
    if (!player) return;
    if (this.#time >= this.#duration - 0.01) this.seek(this.#loop?.start ?? 0);
    this.#rate = rate;
    player.playbackRate = rate;
    this.#playing = true;
    this.#changed();
    this.#next();
    try {
      await player.play();
    } catch {
      // The browser wants a gesture first, or the file does not open: it is simply not playing.
      this.pause();
    }
  }

  pause(): void {
    this.#player?.pause();
    if (this.#handle !== null) this.#frames.cancel(this.#handle);
    this.#handle = null;
    if (!this.#playing) return;
    this.#playing = false;
    this.#rate = 1;
    this.#changed();
  }

  toggle(): void {
    if (this.#playing) this.pause();
    else void this.play();
  }

  /** L and J: each press is one speed up, or one step back, as editors know it. */
  shuttle(direction: 1 | -1): void {
    if (direction > 0) {
      void this.play(this.#playing ? Math.min(4, this.#rate * 2) : 1);
    } else if (this.#playing && this.#rate > 1) {
      void this.play(this.#rate / 2);
    } else {
      this.seek(this.#time - 2);
    }
  }

  seek(time: number): void {
    this.#time = Math.min(this.#duration, Math.max(0, time));
    if (this.#player) this.#player.currentTime = this.#time;
    this.#tell();
  }

  setLoop(loop: LoopRange | null): void {
    this.#loop = loop;
    this.#changed();
  }

  #next(): void {
    if (this.#handle !== null) this.#frames.cancel(this.#handle);
    this.#handle = this.#frames.request(() => this.#tick());
  }

  #tick(): void {
    this.#handle = null;
    const player = this.#player;
    if (!player || !this.#playing) return;
    this.#time = Math.min(this.#duration, player.currentTime);
    const loop = this.#loop;
    if (loop && this.#time >= loop.end) {
      this.seek(loop.start);
    } else if (this.#time >= this.#duration - 0.005) {
      this.#tell();
      this.pause();
      return;
    }
    this.#tell();
    this.#next();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#time);
  }

  #changed(): void {
    for (const listener of this.#states) listener();
  }
}
