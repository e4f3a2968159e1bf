import type { Translation } from "@/i18n/words";
import type { failures as source } from "../ko/failures";

const service = {
  title: "The AI service did not answer, several times",
  hint: "What was not spent was given back. Try again later, or choose another model.",
};
const key = {
  title: "The AI service did not take the key",
  hint: "Check the key in the settings, and what is left of its account.",
};
const scene = {
  title: "One of the scenes cannot be made by this model",
  hint: "Change the scene, or choose another model.",
};

export const failures: Translation<typeof source> = {
  codes: {
    refused: {
      title: "The AI service refused to make one of the scenes",
      hint: "Reword that scene, then try again.",
    },
    invalid_request: scene,
    cannot_make: scene,
    auth: key,
    quota_exhausted: key,
    service_rate_limited: service,
    service_timeout: service,
    service_unavailable: service,
    service_failed: service,
    bad_response: service,
    result_gone: {
      title: "The AI service lost what it had made",
      hint: "Make it again. What the service charged for it, it may pay back if you ask.",
    },
    unsettled: {
      title: "It is not certain whether the AI service took the work in",
      hint: "It stopped until that is known, so that nothing is paid twice.",
    },
    making_failed: { title: "The film could not be put together", hint: "Finished scenes are kept. Try again." },
  },
};
