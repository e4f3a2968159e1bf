// Pictures of scenes that have a clip and no still: the middle frame, taken once and one at a time, kept as a small image.

import { fileOf } from "./signed-urls";

const WIDTH = 320;
const MOST = 300;

const pictures = new Map<string, string>();
const waiting = new Map<string, { readonly url: string; readonly tell: Set<() => void> }>();
let video: HTMLVideoElement | null = null;
let busy = false;

/** The picture, if it was taken already. */
export function grabbed(url: string): string | null {
  return pictures.get(fileOf(url)) ?? null;
}

/** Asks for the picture; `tell` is called when it is there. Gives the way to change one's mind. */
export function grab(url: string, tell: () => void): () => void {
  const file = fileOf(url);
  if (pictures.has(file)) return () => undefined;
  const entry = waiting.get(file) ?? { url, tell: new Set() };
  entry.tell.add(tell);
  waiting.set(file, entry);
  if (!busy) void work();
  return () => {
    entry.tell.delete(tell);
    if (entry.tell.size === 0) waiting.delete(file);
  };
}

async function work(): Promise<void> {
  busy = true;
  for (let next = first(); next; next = first()) {
    const [file, { url }] = next;
    const picture = await take(url).catch(() => null);
    // Others may have asked for it meanwhile.
    const asked = waiting.get(file);
    waiting.delete(file);
    if (!picture) continue;
    pictures.set(file, picture);
    forgetOldest();
    for (const tell of asked?.tell ?? []) tell();
  }
  busy = false;
}

function first() {
  return waiting.entries().next().value;
}

async function take(url: string): Promise<string | null> {
  video ??= document.createElement("video");
  const clip = video;
  clip.muted = true;
  clip.preload = "auto";
  // Pixels from another host may be drawn, and read only where it says so.
  if (new URL(url, location.href).origin !== location.origin) clip.crossOrigin = "anonymous";
  clip.src = url;
  await event(clip, "loadeddata");
  clip.currentTime = clip.duration / 2;
  await event(clip, "seeked");
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * clip.videoHeight) / Math.max(1, clip.videoWidth));
  canvas.getContext("2d")?.drawImage(clip, 0, 0, canvas.width, canvas.height);
  clip.removeAttribute("src");
  clip.load();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", 0.82));
  return blob ? URL.createObjectURL(blob) : null;
}

function event(target: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const { signal } = controller;
    const end = (how: () => void) => () => {
      controller.abort();
      how();
    };
    target.addEventListener(name, end(resolve), { signal });
    target.addEventListener(
      "error",
      end(() => reject(new Error("the clip does not open"))),
      { signal },
    );
  });
}

/** Pictures are small, but an evening's worth of takes is not. */
function forgetOldest(): void {
  if (pictures.size <= MOST) return;
  const [file, picture] = pictures.entries().next().value as [string, string];
  pictures.delete(file);
  URL.revokeObjectURL(picture);
}
