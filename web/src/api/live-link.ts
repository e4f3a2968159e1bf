// One WebSocket for everything that is watched. It comes back by itself, goes on from the last state each watcher saw,
// and while it is gone the watchers ask over HTTP instead.

export type LiveStatus = "idle" | "open" | "lost";

/** What the server tells of a film order (`video_job:ID`), a task (`task:ID`) or what one was told (`notifications`). */
export interface LiveState {
  readonly seq: number;
  readonly status: string;
  readonly progress: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: string;
  /** Why it failed, for programs. */
  readonly error_code?: string;
}

interface Watch {
  after: number;
  readonly seen: (state: LiveState) => void;
  /** Asks over HTTP: the newest state. */
  readonly ask: (signal: AbortSignal) => Promise<LiveState>;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const POLL = 5_000;
const PING = 25_000;

const FINAL = new Set(["complete", "failed", "canceled"]);
export function isFinal(status: string): boolean {
  return FINAL.has(status);
}

/** The wait before the given try, 1 s doubling up to 30 s, with jitter so that a thousand tabs do not come at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  return full * (0.75 + random() * 0.5);
}

export class LiveLink {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly listeners = new Set<() => void>();
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;
  private ping: ReturnType<typeof setInterval> | null = null;
  private polling: AbortController | null = null;
  status: LiveStatus = "idle";

  constructor(private readonly open: () => WebSocket = openSocket) {}

  onStatus = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Watches a channel until the answer is called; states arrive in order and only when newer. */
  watch(channel: string, after: number, seen: Watch["seen"], ask: Watch["ask"]): () => void {
    const watch: Watch = {
      after,
      ask,
      seen: (state) => {
        if (state.seq <= watch.after) return;
        watch.after = state.seq;
        seen(state);
      },
    };
    const watching = this.watches.get(channel);
    if (watching) watching.add(watch);
    else this.watches.set(channel, new Set([watch]));
    if (this.socket?.readyState === WebSocket.OPEN) this.subscribe(channel, watch.after);
    else this.connect();
    return () => this.forget(channel, watch);
  }

  private forget(channel: string, watch: Watch): void {
    const watching = this.watches.get(channel);
    watching?.delete(watch);
    if (watching?.size !== 0) return;
    this.watches.delete(channel);
    if (this.socket?.readyState === WebSocket.OPEN) this.say({ type: "unsubscribe", channel });
    if (this.watches.size === 0) this.close();
  }

  private connect(): void {
    if (this.socket || this.retry !== null) return;
    const socket = this.open();
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.attempt = 0;
      this.stopPolling();
      this.become("open");
      for (const [channel, watching] of this.watches) {
        this.subscribe(channel, Math.min(...Array.from(watching, (watch) => watch.after)));
      }
      this.ping = setInterval(() => this.say({ type: "ping" }), PING);
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => this.hear(event.data));
    socket.addEventListener("close", () => {
      if (this.socket === socket) this.lost();
    });
  }

  private hear(text: string): void {
    const message = JSON.parse(text) as { type: string; job_id?: string; seq?: number; data?: Omit<LiveState, "seq"> };
    if (message.seq === undefined || !message.data) return;
    if (message.type === "notifications") {
      const progress = message.data as unknown as LiveState["progress"];
      for (const watch of this.watches.get("notifications") ?? [])
        watch.seen({ seq: message.seq, status: "current", progress });
      return;
    }
    if (message.job_id === undefined) return;
    const state: LiveState = { ...message.data, seq: message.seq };
    for (const kind of ["video_job", "task"]) {
      for (const watch of this.watches.get(`${kind}:${message.job_id}`) ?? []) watch.seen(state);
    }
  }

  private lost(): void {
    this.socket = null;
    if (this.ping !== null) clearInterval(this.ping);
    this.ping = null;
    if (this.watches.size === 0) return;
    this.become("lost");
    this.retry = setTimeout(() => {
      this.retry = null;
      this.connect();
    }, backoff(this.attempt));
    this.attempt += 1;
    this.poll ??= setInterval(() => this.askAll(), POLL);
    this.askAll();
  }

  private askAll(): void {
    this.polling ??= new AbortController();
    const { signal } = this.polling;
    for (const watching of this.watches.values()) {
      // A question that fails is asked again with the next round.
      for (const watch of watching) watch.ask(signal).then(watch.seen, () => undefined);
    }
  }

  private stopPolling(): void {
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
    this.polling?.abort();
    this.polling = null;
  }

  private close(): void {
    if (this.retry !== null) clearTimeout(this.retry);
    if (this.ping !== null) clearInterval(this.ping);
    this.retry = null;
    this.ping = null;
    this.stopPolling();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.become("idle");
  }

  private subscribe(channel: string, after: number): void {
    this.say(after >= 0 ? { type: "subscribe", channel, after } : { type: "subscribe", channel });
  }

  private say(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private become(status: LiveStatus): void {
    if (this.status === status) return;
    this.status = status;
    for (const listener of this.listeners) listener();
  }
}

function openSocket(): WebSocket {
  return new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
}
