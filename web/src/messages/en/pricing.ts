import type { Translation } from "@/i18n/words";
import type { pricing as source } from "../ko/pricing";

export const pricing: Translation<typeof source> = {
  title: "Choose the plan that fits your songs",
  text: "Films by the built-in maker are free with every plan. Credits are for AI models alone.",
  tax: "Tax is added at checkout where it applies.",
  monthlyEqual: (p) => `${p.price} a month`,
  saves: (p) => `${p.percent} less`,
  onlyCycle: { monthly: "Paid monthly only", yearly: "Paid yearly only" },
  yours: "Your plan",
  ends: "Until this period ends",
  startFree: "Start for free",
  choose: (p) => `Start with ${p.plan}`,
  tryFor: (p) => `Try it for ${p.days} days`,
  tryText: (p) => `Payments begin after ${p.days} days. Cancel before, and you pay nothing.`,
  change: (p) => `Change to ${p.plan}`,
  included: "Included in your plan",
  signUpToBuy: "Sign up to buy",
  filmsNote: (p) =>
    `Films are counted at today's prices: a song of ${p.length} in ${p.scenes} scenes, each with a picture by ${p.image} and a clip by ${p.clip} made anew.`,
  worthNote:
    "A credit is a US cent of what an AI service charges. The numbers are counted with the cheapest models that can be used here now.",
  questions: "Questions",
  faq: {
    credit: "How are credits spent?",
    creditText:
      "By what the AI service really charged: a cent is a credit. You see the amount before it starts, and scenes that could not be made are given back.",
    keep: "What happens to credits that are left?",
    keepText: "Your plan's credits are spent first. Credits that you bought stay, even when your plan ends.",
    key: "I have an account of my own with an AI service",
    keyText: "Put its key into the settings: that service then charges your account, and no credits are spent.",
    change: "What do I pay when I change plans?",
    changeText: "The difference: what is left of your present plan is taken off. You see the amount before you change.",
    cancel: "Can I cancel at any time?",
    cancelText:
      "Yes. You keep the plan until the period that you paid for ends, and may take it back until then. Your projects and films stay.",
    card: "Where is my card kept?",
    cardText: "You pay on Stripe's pages. Card numbers never reach this server.",
  },
  openTitle: "There is nothing to pay for on this server",
  openAll: "Everything is open, without limits.",
  openSome: "This is open to everybody. Ask the people who run the server if you need more.",
  openYours: "This is open to your account. Ask the people who run the server if you need more.",
  openCost: "When you choose AI models, you see what they cost, in dollars, before anything starts.",
  limits: "What you may do",
  seeUsage: "See usage",
  start: "Start",
};
