import type { Translation } from "@/i18n/words";
import type { landing as source } from "../ko/landing";

export const landing: Translation<typeof source> = {
  title: "Your song becomes a music video",
  text: "It hears the beats and sections, keeps your character the same person, and cuts every scene on the beat. Drop a song to begin.",
  signIn: "Sign in",
  projects: "My projects",
  start: "Start for free",
  next: "Sign up and go on",
  nextIn: "Go on",
  kept: "The song is in this browser only. When you sign up, it is uploaded and analysed.",
  another: "Choose another song",
  language: "한국어",
  filmTitle: "20 seconds made with it",
  filmText: "From a song and one photo. Pictures and movement are drawn by the built-in maker, at no cost.",
  playFilm: "Play the film",
  stepsTitle: "How it goes",
  steps: {
    hear: "It hears your song",
    hearText: "Beats, bars, sections, key, energy. Sections and lyrics you put right on the spot.",
    cast: "You meet your character",
    castText: "A few photos, and they stay the same person from scene to scene.",
    board: "You choose the storyboard",
    boardText: "Scenes follow the words, and you see them as pictures first.",
    finish: "It is finished on the beat",
    finishText: "Cuts sit on the beat to the frame. Change one scene, and only that one is made again.",
  },
  priceTitle: "The price comes first",
  priceText:
    "Whatever costs money shows the amount and the time before it starts, and gives it back when it fails. A budget is never exceeded.",
  free: "A drawn film of the whole song",
  freePrice: "Free",
  freeText: "by the built-in maker, from start to end",
  still: "One AI picture",
  clip: "One second of AI video",
  from: (p) => `from ${p.price}`,
  modelText: "at the price of the model you choose",
  plans: "See plans",
  yoursTitle: "Your song stays yours",
  yoursText:
    "Songs and photos are kept on this server; an AI service gets only what it needs, and only when you choose one. Download or delete all of it at any time.",
};
