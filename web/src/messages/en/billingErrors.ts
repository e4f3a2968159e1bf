import type { Translation } from "@/i18n/words";
import type { billingErrors as source } from "../ko/billingErrors";

export const billingErrors: Translation<typeof source> = {
  codes: {
    payments_off: {
      title: "There is nothing to pay for on this server",
      hint: "Ask the people who run it for a plan or credits.",
    },
    payments_broken: {
      title: "Payments do not work just now",
      hint: "Nothing was charged. If it stays, tell the people who run this server.",
    },
    payment_declined: { title: "The card was declined", hint: "Nothing has changed. Try again with another card." },
    not_sold: { title: "This is not sold here", hint: "Choose something else among the plans." },
    already_subscribed: { title: "You have a plan already", hint: "You can change it among the plans." },
    same_plan: { title: "That is the plan you have", hint: "Choose another plan or cycle." },
    no_subscription: { title: "You pay for no plan now", hint: "Choose one among the plans first." },
  },
};
