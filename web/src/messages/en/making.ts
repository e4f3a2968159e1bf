import type { Translation } from "@/i18n/words";
import type { making as ko } from "../ko/making";

export const making: Translation<typeof ko> = {
  make: "Make the film",
  makeRest: ({ count }) => (count === 1 ? "Make 1 scene" : `Make ${count} scenes`),
  again: "Make again",
  atMost: "at most",
  expiresIn: ({ time }) => `This price holds for ${time}.`,
  running: ({ done, all }) => `Making ${done}/${all}`,
  runningScene: "Making a scene",
  queued: "Waiting its turn",
  left: ({ time }) => `about ${time}`,
  finishing: "Joining the film",
  stages: { queued: "Waiting", video_generation: "Making scenes", postprocessing: "Joining", complete: "Done" },
  progress: "Progress",
  done: "The film is ready",
  doneScene: "The scene is remade",
  failed: "Could not be made",
  canceled: "Cancelled",
  share: "Share",
  download: "Download the film",
  noFilm: "There is no film yet",
};
