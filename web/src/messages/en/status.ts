import type { Translation } from "@/i18n/words";
import type { status as ko } from "../ko/status";

export const status: Translation<typeof ko> = {
  title: "Server status",
  again: "Check again",
  well: "Everything works",
  unwell: "The server cannot work right now. What was being made goes on when it is back.",
  server: "Server",
  database: "Database and files",
  milliseconds: (p) => `answered in ${p.count} ms`,
  works: "works",
  noAnswer: "no answer",
  seen: (p) => `Checked at ${p.time}, and again every 30 seconds.`,
  services: "AI services",
  servicesText: "What can be chosen on this server. The built-in maker is always there.",
  builtIn: "Built-in maker",
  usable: "can be used",
  withKey: "with a key of your own",
  notHere: "not on this server",
};
