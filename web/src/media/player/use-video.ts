// A video element's state as React sees it. Time is told a few times a second: enough for a scrubber.

import { type RefObject, useEffect, useState } from "react";

export interface VideoState {
  readonly time: number;
  readonly duration: number;
  readonly playing: boolean;
  readonly muted: boolean;
  readonly volume: number;
  readonly rate: number;
  readonly buffered: number;
  readonly broken: boolean;
}

const EVENTS = [
  "timeupdate",
  "seeking",
  "seeked",
  "play",
  "pause",
  "ended",
  "volumechange",
  "ratechange",
  "durationchange",
  "progress",
  "error",
  "loadeddata",
];

export function useVideo(video: RefObject<HTMLVideoElement | null>, length: number): VideoState {
  const [state, setState] = useState<VideoState>({
    time: 0,
    duration: length,
    playing: false,
    muted: false,
    volume: 1,
    rate: 1,
    buffered: 0,
    broken: false,
  });
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const read = () => {
      const { buffered } = element;
      setState({
        time: element.currentTime,
        duration: Number.isFinite(element.duration) && element.duration > 0 ? element.duration : length,
        playing: !element.paused && !element.ended,
        muted: element.muted,
        volume: element.volume,
        rate: element.playbackRate,
        buffered: buffered.length > 0 ? buffered.end(buffered.length - 1) : 0,
        broken: element.error !== null,
      });
    };
    for (const name of EVENTS) element.addEventListener(name, read);
    return () => {
      for (const name of EVENTS) element.removeEventListener(name, read);
    };
  }, [video, length]);
  return state;
}
