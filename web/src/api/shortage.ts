// Refusals for want of a plan, of credits or of somebody's leave: what exactly is missing, and the page that helps.

import { errors } from "@/messages/errors";
import { serviceName } from "./services";

interface Refusal {
  readonly code: string;
  /** The problem document, with the path that was asked under `asked`. */
  readonly more: Readonly<Record<string, unknown>>;
}

type Wanted = keyof typeof errors.planFor;

/** What was wanted, by where it was asked for. */
const WANTED: readonly (readonly [RegExp, Wanted])[] = [
  [/^\/api\/characters/, "characters"],
  [/\/(generate-video|regenerate|quotes)$/, "film"],
  [/\/collaborators/, "together"],
  [/^\/api\/projects(\/[^/]+\/(copy|duplicate))?$/, "projects"],
];

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A plan as people call it. */
export function planName(plan: string): string {
  return plan in errors.planNames ? errors.planNames[plan as keyof typeof errors.planNames] : plan;
}

/** What is missing, in words; `null` for other refusals. */
export function shortage({ code, more }: Refusal): { readonly title: string; readonly hint: string } | null {
  if (code === "plan_required" && text(more.required_plan)) {
    const asked = text(more.asked) ?? "";
    const wanted = WANTED.find(([path]) => path.test(asked))?.[1] ?? "other";
    return {
      title: errors.planFor[wanted]({ plan: planName(text(more.required_plan) ?? "") }),
      hint: errors.planNow({ plan: planName(text(more.current_plan) ?? "") }),
    };
  }
  if (code === "rate_limited" && (more.bucket === "videos" || more.bucket === "images")) {
    return { title: errors.today[more.bucket]({ count: Number(more.limit) }), hint: errors.todayHint };
  }
  const refused = text(more.refused_service);
  if (refused) {
    return { title: errors.refusedService({ service: serviceName(refused) }), hint: errors.refusedHint };
  }
  return null;
}

/** The page on which what is missing can be had, and the way back from it. */
export function wayOut({ code, more }: Refusal): { readonly href: string; readonly label: string } | null {
  const from = encodeURIComponent(location.pathname + location.search);
  if (code === "plan_required") {
    const plan = text(more.required_plan);
    return { href: `/pricing?${plan ? `plan=${encodeURIComponent(plan)}&` : ""}from=${from}`, label: errors.seePlans };
  }
  if (code === "rate_limited" && (more.bucket === "videos" || more.bucket === "images")) {
    return { href: `/pricing?from=${from}`, label: errors.seePlans };
  }
  if (code === "too_few_credits") return { href: `/billing?from=${from}`, label: errors.topUp };
  if (code === "payment_declined") return { href: "/billing", label: errors.toBilling };
  if (text(more.refused_service)) return { href: "/settings/privacy", label: errors.toPrivacy };
  return null;
}
