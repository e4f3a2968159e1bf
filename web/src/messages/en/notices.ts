import type { Translation } from "@/i18n/words";
import type { notices as source } from "../ko/notices";

export const notices: Translation<typeof source> = {
  bell: "Alerts",
  unread: (p) => `Alerts, ${p.count} unread`,
  more: "Show earlier alerts",
  readAll: "Mark all as read",
  empty: "No alerts yet",
  emptyText: "When a film is finished, or something needs you, it is told here.",
  isUnread: "Unread",
  songFailed: (p) => `“${p.title}” could not be analysed`,
  filmComplete: (p) => `“${p.title}” is finished`,
  filmFailed: (p) => `The film of “${p.title}” could not be made`,
  filmFacts: (p) => `${p.length} · ${p.resolution}`,
  orderBudget: (p) => `An order stopped at its budget of ${p.cap}`,
  projectBudget: (p) => `“${p.title}” has reached its budget of ${p.cap}`,
  budgetKept: "What was made is kept. Raise the budget to go on.",
  exportReady: "The archive of your data is ready",
  exportUntil: (p) => `${p.size}, to download until ${p.until}`,
  exportFailed: "The archive of your data could not be made",
  creditsLow: (p) => `${p.left} credits are left`,
  creditsText: "Without credits nothing new can be ordered.",
  characterReady: (p) => `Test pictures of ${p.name} are here`,
  characterPictures: (p) =>
    p.count === 1 ? "Look at it and approve it." : `Look at the ${p.count} of them and approve them.`,
  characterFailed: (p) => `Test pictures of ${p.name} could not be drawn`,
  webhookOff: (p) => `The webhook to ${p.host} was switched off`,
  webhookGone: "The receiver said that it wants no more.",
  webhookFailing: "Nothing got through for days.",
};
