import type { Translation } from "@/i18n/words";
import type { accountErrors as source } from "../ko/accountErrors";

export const accountErrors: Translation<typeof source> = {
  codes: {
    wrong_login: { title: "The address or the password is wrong", hint: "" },
    email_not_verified: {
      title: "This address is not confirmed yet",
      hint: "Press the button in our mail, or have it sent again.",
    },
    email_taken: { title: "There is an account with this address", hint: "Sign in, or reset your password." },
    sign_up_closed: { title: "This server takes no new accounts", hint: "Ask the people who run it for an account." },
    challenge_invalid: { title: "That took too long", hint: "Start signing in again." },
    wrong_code: { title: "The code is wrong", hint: "Enter the six digits that your app shows now." },
    last_way_in: { title: "It is the only way you can sign in", hint: "Set a password first." },
    mfa_on: { title: "Two-step sign-in is on already", hint: "" },
    mfa_off: { title: "Two-step sign-in is off", hint: "" },
    mfa_not_set_up: { title: "Set two-step sign-in up first", hint: "" },
    link_unknown: {
      title: "This link was not given out here",
      hint: "Open the link in the mail again, or choose your mails in the settings.",
    },
    too_many_endpoints: { title: "You have too many webhook addresses", hint: "Remove one that you no longer use." },
    endpoint_off: { title: "This address is off", hint: "Switch it on first. What comes meanwhile is not sent." },
    too_many_keys: { title: "You have too many API keys", hint: "Revoke some of them." },
  },
};
