import type { Translation } from "@/i18n/words";
import type { onboarding as source } from "../ko/onboarding";

export const onboarding: Translation<typeof source> = {
  title: "Welcome",
  step: (p) => `Step ${p.step} of ${p.of}`,
  what: "What do you make?",
  whatText: "It only helps to pick the templates you see first.",
  kinds: { own: "Videos for my songs", client: "Videos for clients", lyric: "Lyric videos", try: "Just looking" },
  language: "Language and genre",
  languageText: "You can change both in the settings.",
  genre: "Your genre",
  sample: "Start with a song?",
  sampleText: "Upload one of yours, or try it with a song that is ready.",
  uploadOwn: "Upload my song",
  useSample: "Try the sample song",
  sampleName: "여름밤의 주파수 (Summer Night Frequency)",
  sampleLength: "1:19 · city pop",
  later: "Later",
  preparing: "Getting the sample song ready",
};
