import type { Translation } from "@/i18n/words";
import type { legal as ko } from "../ko/legal";

export const legal: Translation<typeof ko> = {
  documents: "Terms and notices",
  titles: { terms: "Terms of use", privacy: "Privacy", licences: "Open-source licences" },
  leads: {
    terms:
      "MelodyVision is a program that anybody can host. This server is run by whoever runs this address, called the host below.",
    privacy: "What is kept where, what is sent to whom, and how it is deleted: as it is.",
    licences: "MelodyVision, and the work of others that is in it.",
  },
  part: "Name",
  licence: "Licence",
  terms: {
    what: {
      title: "What this is",
      text: "You give a song and photos; scenes are laid out, pictures and clips are made, and all is joined into one music video. The built-in maker draws on this server. Outside services are used only where you choose an AI model.",
    },
    yours: {
      title: "What you upload and make is yours",
      text: "The rights in your song, lyrics and photos stay with you, and films are their makers'.\nYou must have the right to use the songs and lyrics that you upload. For what an AI service makes, that service's own terms hold as well.",
    },
    people: {
      title: "People in photos",
      text: "Upload photos only of people who agreed to be in the film. Who confirmed that, and when, is kept with them. Deleting a character takes the consent back: the photos and what was learned from them are deleted.",
    },
    services: {
      title: "Outside AI services",
      text: "What goes to which service is said where you choose it, and under Settings, Privacy. When a service is down or refuses, the scene is not made and costs nothing.",
    },
    money: {
      title: "Money",
      text: "Whatever costs says its price before it begins, and never goes beyond that price and the budget you set. What was not used, because something failed or was cancelled, comes back at once. Calls whose answer was lost are shown under Usage, for you to look at.\nWhat you make with a key of your own is billed by that service.",
    },
    forbidden: {
      title: "What is not allowed",
      text: "No films that deceive or harass, no likeness of people who did not agree, nothing that the law forbids. The host may suspend accounts that do so.",
    },
    ends: {
      title: "Leaving",
      text: "You can download everything and delete your account at any time. Signing in again within 30 days takes the deletion back.",
    },
    warranty: {
      title: "Warranty",
      text: "The program is provided as it is, under the Apache License 2.0. What else is promised for this server is for its host to say.",
    },
  },
  privacy: {
    kept: {
      title: "What is kept",
      text: "Your account's name and e-mail, your password in a form that cannot be turned back, and your settings. The songs, lyrics and photos you upload, the pictures and films that are made, the history of your projects, and the list of paid calls.\nIn photos, the size, sharpness and light of faces are looked at on this server. Only with a model chosen to describe them is a description in words added.\nSign-ins and important changes are kept in an audit log with their time and address, for as long as the host has set (24 months unless changed).",
    },
    sent: {
      title: "What is sent, and to whom",
      text: "As long as you choose no AI model, nothing leaves this server. Where you do, only what the work needs goes to that service: to an image model the scene's words and the photos of whoever is in it, to a video model the scene's picture and words, to a text model the lyrics and scenes, to a speech model the song.\nThe services that can be used and what they are sent are listed under Settings, Privacy. Nothing is sent for statistics or advertising.\nThe program trains no AI on what you upload or make.",
    },
    cookies: {
      title: "Cookies",
      text: "One kind keeps you signed in and one remembers the language. Edits under way and settings of the screen are kept in this browser. Nothing tracks you.",
    },
    shared: {
      title: "Shared films",
      text: "Whoever knows a share link can watch its film. Links can have a password and an end, and are closed the moment you remove them. Where you allow comments, the name and text that people leave are kept.",
    },
    deleted: {
      title: "How it is deleted",
      text: "Deleted projects can be brought back for 30 days; then they are gone, files and all. Deleting a character deletes its photos, what was learned from them, and its test pictures. Films that were made stay.\nDeleting your account signs you out everywhere at once, and deletes everything after 30 days.",
    },
    rights: {
      title: "Your rights",
      text: "Under Settings, Privacy you can download everything at once and delete your account. For anything else, ask the host of this server.",
    },
    security: {
      title: "How it is protected",
      text: "Passwords are kept with Argon2id; service keys and second factors are encrypted. Addresses of files open for two hours. What you deleted may remain in the host's backups until those are deleted.",
    },
  },
  licences: {
    product: {
      title: "MelodyVision",
      text: "Published under the Apache License 2.0: anybody may use, change and pass it on.",
    },
    made: {
      title: "In the server",
      text: "The server is written in Rust; its libraries and their versions are all in Cargo.lock of the source. FFmpeg and PostgreSQL are programs of their own, which it runs for films and data.",
    },
    parts: {
      title: "In the studio",
      text: "The open source that these pages are made of. The typeface is Pretendard (SIL Open Font License 1.1).",
    },
  },
};
