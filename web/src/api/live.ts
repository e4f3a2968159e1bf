// Watching orders and tasks from React.

import { useEffect, useState, useSyncExternalStore } from "react";
import { api, type Schemas } from "./client";
import { LiveLink, type LiveState, type LiveStatus } from "./live-link";

const link = new LiveLink();
/** A link that was lost a moment ago is not worth a word. */
const GREY_AFTER = 10_000;

export function useLiveStatus(): LiveStatus {
  const status = useSyncExternalStore(link.onStatus, () => link.status);
  const [grey, setGrey] = useState(false);
  useEffect(() => {
    setGrey(false);
    if (status !== "lost") return;
    const timer = setTimeout(() => setGrey(true), GREY_AFTER);
    return () => clearTimeout(timer);
  }, [status]);
  return status === "lost" && !grey ? "open" : status;
}

function toldOf(error: Schemas["Failure"] | null | undefined) {
  return error ? { error: error.message ?? undefined, error_code: error.code } : {};
}

async function askTask(id: string, signal: AbortSignal): Promise<LiveState> {
  const { data } = await api.GET("/api/tasks/{id}", { params: { path: { id } }, signal });
  if (!data) throw new Error("the task has no state");
  const progress = (data.progress ?? {}) as Readonly<Record<string, unknown>>;
  return { seq: data.progress_seq, status: data.status, progress, result: data.result, ...toldOf(data.error) };
}

async function askJob(id: string, signal: AbortSignal): Promise<LiveState> {
  const { data } = await api.GET("/api/video/jobs/{id}/progress", { params: { path: { id } }, signal });
  if (!data) throw new Error("the order has no state");
  return { seq: data.seq, status: data.status, progress: { ...data.progress, current_cost: data.current_cost } };
}

const NOTHING = -1;

function useChannel(kind: "task" | "video_job", id: string | null, ask: typeof askTask): LiveState | null {
  const [state, setState] = useState<{ readonly id: string; readonly live: LiveState } | null>(null);
  useEffect(() => {
    if (id === null) return;
    return link.watch(
      `${kind}:${id}`,
      NOTHING,
      (live) => setState({ id, live }),
      (signal) => ask(id, signal),
    );
  }, [kind, id, ask]);
  return state && state.id === id ? state.live : null;
}

/** The newest state of a task (analysis, character, archive), live. */
export function useTask(id: string | null): LiveState | null {
  return useChannel("task", id, askTask);
}

/** The newest state of a film order, live. */
export function useJobProgress(id: string | null): LiveState | null {
  return useChannel("video_job", id, askJob);
}

interface NoticeState {
  readonly unread: number;
  /** Of the newest; they rise. */
  readonly newest: number | null;
}

async function askNotices(signal: AbortSignal): Promise<LiveState> {
  const { data } = await api.GET("/api/notifications", { params: { query: { limit: 1 } }, signal });
  if (!data) throw new Error("the server did not say what there is");
  const progress = { unread: data.unread, latest: data.data[0] ?? null };
  // As the socket numbers them: by when they were read, in microseconds.
  return { seq: Date.now() * 1000, status: "current", progress };
}

/** How much one was told and has not read, live. */
export function useNoticeState(): NoticeState | null {
  const [state, setState] = useState<NoticeState | null>(null);
  useEffect(
    () =>
      link.watch(
        "notifications",
        NOTHING,
        ({ progress }) => {
          const { unread, latest } = progress as { unread?: number; latest?: { seq: number } | null };
          setState({ unread: unread ?? 0, newest: latest?.seq ?? null });
        },
        askNotices,
      ),
    [],
  );
  return state;
}
