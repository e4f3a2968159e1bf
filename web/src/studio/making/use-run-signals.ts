// What tells of an order when nobody is looking: the title, the favicon, a notification at the end, and a word for readers.

import { useEffect, useRef } from "react";
import { isFinal } from "@/api/live-link";
import { making } from "@/messages/making";
import type { Running } from "./use-order";

export function useRunSignals(run: Running, title: string): void {
  const ended = isFinal(run.status);
  const percent = Math.round(run.fraction * 100);
  const original = useRef<string | null>(null);

  useEffect(() => {
    if (ended) return;
    original.current ??= document.title;
    document.title = `${percent}% · ${title}`;
    const restore = drawFavicon(percent / 100);
    return () => {
      restore();
      if (original.current !== null) document.title = original.current;
    };
  }, [ended, percent, title]);

  const before = useRef(run.status);
  useEffect(() => {
    const was = before.current;
    before.current = run.status;
    if (was === run.status || !isFinal(run.status) || !document.hidden) return;
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const words = run.status === "complete" ? making.done : run.status === "failed" ? making.failed : making.canceled;
    new Notification(title, { body: words, tag: run.job.id });
  }, [run.status, run.job.id, title]);
}

const SIZE = 64;

/** A ring in the tab's icon; gives the way back to the usual one. */
function drawFavicon(share: number): () => void {
  const link = document.querySelector<HTMLLinkElement>("link[rel~=icon]");
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (!link || !context) return () => undefined;
  const usual = link.href;
  context.lineWidth = 11;
  context.lineCap = "round";
  for (const [from, to, colour] of [
    [0, 1, "#3a3844"],
    [0, Math.max(0.02, share), "#ff8959"],
  ] as const) {
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 8, (from - 0.25) * 2 * Math.PI, (to - 0.25) * 2 * Math.PI);
    context.stroke();
  }
  link.href = canvas.toDataURL("image/png");
  return () => {
    link.href = usual;
  };
}
