import type { Translation } from "@/i18n/words";
import type { making as ko } from "../ko/making";

export const making: Translation<typeof ko> = {
  make: "Make the film",
  makeRest: ({ count }) => (count === 1 ? "Make 1 scene" : `Make ${count} scenes`),
  again: "Make again",
  running: ({ done, all }) => `Making ${done}/${all}`,
  runningScene: "Making a scene",
  queued: "Waiting its turn",
  left: ({ time }) => `about ${time}`,
  finishing: "Joining the film",
  progress: "Progress",
  done: "The film is ready",
  doneScene: "The scene is remade",
  failed: "Could not be made",
  canceled: "Cancelled",
  share: "Share",
  download: "Download the film",
  noFilm: "There is no film yet",
};
