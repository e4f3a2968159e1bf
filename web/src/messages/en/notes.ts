import type { Translation } from "@/i18n/words";
import type { notes as ko } from "../ko/notes";

export const notes: Translation<typeof ko> = {
  title: "Comments",
  none: "No comments yet",
  noneText: "Go to a moment and say what you think of it.",
  write: "Write a comment",
  placeholder: "What about this moment?",
  at: ({ time }) => `At ${time}`,
  whole: "On the whole film",
  pin: "Tie it to this moment",
  send: "Comment",
  resolve: "Mark as resolved",
  reopen: "Reopen",
  resolved: "Resolved",
  remove: "Delete comment",
  removeTitle: "Delete this comment?",
  removeText: "It cannot be brought back.",
  edit: "Edit comment",
  jump: ({ time }) => `Go to ${time}`,
  guest: "Guest",
  showResolved: "Show resolved comments",
  hideResolved: "Hide resolved comments",
  wholeFilm: "Whole film",
  review: "Review",
  reviewText: "Watch the film and talk about it.",
  openStudio: "Open the studio",
};
