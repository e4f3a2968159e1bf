// What a notification says and where it leads.

import type { Schemas } from "@/api/client";
import { clock, formatBytes, formatDate, formatNumber, formatUsd } from "@/i18n/format";
import { notices } from "@/messages/notices";

export type Notice = Schemas["NotificationView"];

interface Told {
  readonly title: string;
  readonly text?: string;
  /** An address in the studio; nothing where what it is about is gone. */
  readonly to?: string;
  readonly tone: "ok" | "warn" | "danger";
}

const together = (message: string, hint?: string | null) => (hint ? `${message} ${hint}` : message);

/** In the language in use. Nothing for a kind that this studio does not know yet. */
export function told(notice: Notice): Told | null {
  const inProject = (step: string) => (notice.project_id ? `/p/${notice.project_id}/${step}` : undefined);
  switch (notice.kind) {
    case "song_failed": {
      const { title, message, hint } = notice.data;
      return {
        title: notices.songFailed({ title }),
        text: together(message, hint),
        to: inProject("song"),
        tone: "danger",
      };
    }
    case "film_complete": {
      const { title, seconds, resolution } = notice.data;
      const text = notices.filmFacts({ length: clock(seconds), resolution: resolution.replace("x", "×") });
      return { title: notices.filmComplete({ title }), text, to: inProject("finish"), tone: "ok" };
    }
    case "film_failed": {
      const { title, message, hint } = notice.data;
      return {
        title: notices.filmFailed({ title }),
        text: together(message, hint),
        to: inProject("edit"),
        tone: "danger",
      };
    }
    case "budget_reached": {
      const { title, of, cap_usd } = notice.data;
      const cap = formatUsd(cap_usd);
      const whole = of === "project" && title ? notices.projectBudget({ title, cap }) : notices.orderBudget({ cap });
      return { title: whole, text: notices.budgetKept, to: inProject("edit") ?? "/usage", tone: "warn" };
    }
    case "export_ready": {
      const { bytes, expires_at } = notice.data;
      const text = notices.exportUntil({ size: formatBytes(bytes), until: formatDate(expires_at) });
      return { title: notices.exportReady, text, to: "/settings/privacy", tone: "ok" };
    }
    case "export_failed":
      return { title: notices.exportFailed, text: notice.data.message, to: "/settings/privacy", tone: "danger" };
    case "credits_low":
      return {
        title: notices.creditsLow({ left: formatNumber(notice.data.left) }),
        text: notices.creditsText,
        to: "/billing",
        tone: "warn",
      };
    case "character_ready": {
      const { name, pictures, character_id } = notice.data;
      const text = notices.characterPictures({ count: pictures });
      return { title: notices.characterReady({ name }), text, to: `/characters/${character_id}`, tone: "ok" };
    }
    case "character_failed": {
      const { name, message, hint, character_id } = notice.data;
      const title = notices.characterFailed({ name });
      return { title, text: together(message, hint), to: `/characters/${character_id}`, tone: "danger" };
    }
    case "webhook_disabled": {
      const { host, why } = notice.data;
      const text = why === "gone" ? notices.webhookGone : notices.webhookFailing;
      return { title: notices.webhookOff({ host }), text, to: "/settings/webhooks", tone: "warn" };
    }
    default:
      return null;
  }
}
