// One resumable upload: it can be paused, goes on after a lost connection or a reload, and tells speed and time left.

import { type DetailedError, Upload as Tus } from "tus-js-client";
import { asProblem, offline, Problem } from "@/api/problem";
import { keepSession } from "@/api/session-gate";

export type Purpose = "song" | "photo" | "avatar" | "still" | "clip";

export interface UploadState {
  readonly phase: "idle" | "sending" | "paused" | "waiting" | "done" | "failed";
  readonly sent: number;
  readonly size: number;
  /** Bytes a second, smoothed; 0 while unknown. */
  readonly speed: number;
  readonly url: string | null;
  readonly problem: Problem | null;
}

const PIECE = 2 * 1024 * 1024;
const WAITS = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];
const SMOOTHING = 0.3;
const CLIENT_FAULT = 400;
const SERVER_FAULT = 500;

function idOf(url: string): string {
  return new URL(url, location.origin).pathname.split("/").pop() ?? "";
}

/** The server names its public address, which may not be the one this page was opened at. */
function pathOf(url: string): string {
  return `/api/uploads/${idOf(url)}`;
}

export class ResumableUpload {
  private readonly tus: Tus;
  private readonly listeners = new Set<() => void>();
  private last = { at: 0, sent: 0 };
  state: UploadState;

  constructor(file: File, purpose: Purpose, resumeAt: string | null = null) {
    this.state = { phase: "idle", sent: 0, size: file.size, speed: 0, url: resumeAt, problem: null };
    this.tus = new Tus(file, {
      endpoint: "/api/uploads",
      uploadUrl: resumeAt && pathOf(resumeAt),
      metadata: { filename: file.name, purpose },
      chunkSize: PIECE,
      retryDelays: WAITS,
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => this.shouldRetry(error as DetailedError),
      onUploadUrlAvailable: () => {
        if (this.tus.url) this.tus.url = pathOf(this.tus.url);
        this.set({ url: this.tus.url });
      },
      onProgress: (sent) => this.progress(sent),
      onSuccess: () => this.set({ phase: "done", sent: file.size, problem: null }),
      onError: (error) => this.failed(error as DetailedError),
    });
  }

  /** The finished upload's id. */
  get id(): string | null {
    return this.state.url && idOf(this.state.url);
  }

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start = (): void => {
    this.last = { at: performance.now(), sent: this.state.sent };
    this.set({ phase: "sending", problem: null, speed: 0 });
    this.tus.start();
  };

  pause = (): void => {
    this.set({ phase: "paused", speed: 0 });
    void this.tus.abort();
  };

  /** Stops, and has the server forget what has arrived. */
  cancel = async (): Promise<void> => {
    this.listeners.clear();
    await this.tus.abort(true).catch(() => undefined);
  };

  private shouldRetry(error: DetailedError): boolean {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status === 401) {
      void keepSession();
      return true;
    }
    const again = status === 0 || status === 423 || status === 429 || status === 409 || status >= SERVER_FAULT;
    if (again) this.set({ phase: "waiting", speed: 0 });
    return again;
  }

  private progress(sent: number): void {
    const now = performance.now();
    const seconds = (now - this.last.at) / 1_000;
    const pace = seconds > 0 ? (sent - this.last.sent) / seconds : 0;
    const speed = this.state.speed === 0 ? pace : this.state.speed * (1 - SMOOTHING) + pace * SMOOTHING;
    this.last = { at: now, sent };
    if (this.state.phase !== "paused") this.set({ phase: "sending", sent, speed: Math.max(0, speed) });
  }

  private failed(error: DetailedError): void {
    if (this.state.phase === "paused") return;
    this.set({ phase: "failed", speed: 0, problem: problemOfUpload(error) });
  }

  private set(change: Partial<UploadState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Sends a file to its end; the finished upload's id. */
export function sendFile(file: File, purpose: Purpose): Promise<string> {
  const upload = new ResumableUpload(file, purpose);
  return new Promise((resolve, reject) => {
    upload.onChange(() => {
      if (upload.state.phase === "done") resolve(upload.id ?? "");
      if (upload.state.phase === "failed") reject(upload.state.problem);
    });
    upload.start();
  });
}

function problemOfUpload(error: DetailedError): Problem {
  const response = error.originalResponse;
  const status = response?.getStatus() ?? 0;
  if (!response || status < CLIENT_FAULT) return offline(error);
  try {
    return new Problem({ status, ...JSON.parse(response.getBody()) });
  } catch {
    return asProblem(error);
  }
}
