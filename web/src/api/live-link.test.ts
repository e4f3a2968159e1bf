import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backoff, LiveLink, type LiveState } from "./live-link";

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  readyState: number = WebSocket.CONNECTING;
  readonly said: { type: string; channel?: string; after?: number }[] = [];
  constructor() {
    super();
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = WebSocket.CLOSED;
  }
  opens(): void {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }
  breaks(): void {
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new Event("close"));
  }
  tells(seq: number, status = "processing"): void {
    const data = JSON.stringify({ type: "job_progress", job_id: "1", seq, data: { status, progress: {} } });
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

const state = (seq: number): LiveState => ({ seq, status: "processing", progress: {} });
const nobody = () => Promise.reject(new Error("offline"));

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const connect = () => new LiveLink(() => new FakeSocket() as unknown as WebSocket);
const socket = (index: number) => FakeSocket.all[index] as FakeSocket;

test("states arrive in order, and old ones not at all", () => {
  const seen: number[] = [];
  connect().watch("task:1", -1, (now) => seen.push(now.seq), nobody);
  socket(0).opens();
  expect(socket(0).said).toEqual([{ type: "subscribe", channel: "task:1" }]);
  for (const seq of [1, 3, 2, 3, 4]) socket(0).tells(seq);
  expect(seen).toEqual([1, 3, 4]);
});

test("a lost link comes back and goes on after the last state it saw", () => {
  const link = connect();
  link.watch("task:1", -1, () => undefined, nobody);
  socket(0).opens();
  socket(0).tells(7);
  socket(0).breaks();
  expect(link.status).toBe("lost");
  vi.advanceTimersByTime(1_250);
  expect(FakeSocket.all).toHaveLength(2);
  socket(1).opens();
  expect(link.status).toBe("open");
  expect(socket(1).said).toEqual([{ type: "subscribe", channel: "task:1", after: 7 }]);
});

test("while the link is gone, watchers ask over HTTP, and stop when it is back", async () => {
  const ask = vi.fn(() => Promise.resolve(state(ask.mock.calls.length)));
  const seen: number[] = [];
  connect().watch("task:1", -1, (now) => seen.push(now.seq), ask);
  socket(0).breaks();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1_300);
  socket(1).opens();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("with nobody watching, the socket is let go", () => {
  const link = connect();
  const stop = link.watch("task:1", -1, () => undefined, nobody);
  socket(0).opens();
  stop();
  expect(socket(0).readyState).toBe(WebSocket.CLOSED);
  expect(link.status).toBe("idle");
});

test("waits double from one second to thirty, give or take a quarter", () => {
  const plain = [0, 1, 2, 3, 4, 5, 9].map((attempt) => backoff(attempt, () => 0.5));
  expect(plain).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(backoff(0, () => 0)).toBe(750);
  expect(backoff(9, () => 1)).toBe(37_500);
});
