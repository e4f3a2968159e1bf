import type { Translation } from "@/i18n/words";
import type { buying as ko } from "../ko/buying";

export const buying: Translation<typeof ko> = {
  free: "Free",
  noModels: "No AI model can be used right now.",
  giveKey: "Give a service key",
  sentTo: (p) => `Only what is needed goes to ${p.service}.`,
  perImage: (p) => `${p.price} each`,
  perSecond: (p) => `${p.price} a second`,
  perClip: (p) => `${p.price} each`,
  perTokens: (p) => `${p.price} per million tokens`,
  total: "Total",
  pricing: "Working out the price",
  atMost: "It never costs more than this, and nothing if it fails.",
  changed: "The price changed, so it was worked out again. Nothing was spent yet. Please check it.",
  offline: "Orders cannot be placed while offline.",
  textModel: "Model that writes",
  editModel: "Model that changes pictures",
  listenModel: "Model that listens",
  goesOn: "It goes on if you close the page.",
  stop: "Stop",
};
