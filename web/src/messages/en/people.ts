import type { Translation } from "@/i18n/words";
import type { people as source } from "../ko/people";

export const people: Translation<typeof source> = {
  title: "Work together",
  text: "The project appears in the list of whoever you invite at once.",
  email: "Email of the person to invite",
  emailHint: "They need an account on this server.",
  role: "What they may do",
  roles: { editor: "Edit", viewer: "View" },
  roleHint: {
    editor: "They change scenes and make films.",
    viewer: "They watch and comment.",
  },
  invite: "Invite",
  invited: (p) => `${p.name} is invited.`,
  nobody: "Nobody else has an account with this address. Ask them to sign up first.",
  list: "People in this project",
  owner: "Owner",
  me: "You",
  alone: "Only you so far.",
  roleOf: (p) => `What ${p.name} may do`,
  remove: "Remove",
  removeOf: (p) => `Remove ${p.name}`,
  removeTitle: (p) => `Remove ${p.name}?`,
  removeText: "They cannot see this project any more. Their comments and changes stay.",
  removed: (p) => `${p.name} is removed.`,
  changed: "What they may do is changed.",
  leave: "Leave the project",
  leaveTitle: "Leave this project?",
  leaveText: "To come back, its owner has to invite you.",
  left: "You left the project.",
  fromShare: "Somebody to edit it with?",
};
