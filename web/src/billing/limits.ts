// What a plan allows, in a musician's words.

import type { Schemas } from "@/api/client";
import { formatLength, formatNumber } from "@/i18n/format";
import { plans } from "@/messages/plans";

type Limits = Schemas["PlanLimits"];

/** The largest picture as people call it: `1080p`, `4K`. */
function size(resolution: string): string {
  return resolution.replace(/k$/, "K");
}

/** One line for each thing that differs between plans; what one may not do at all is left out. */
export function limitLines(limits: Limits): readonly string[] {
  const count = (value: number) => ({ count: formatNumber(value) });
  const lines: (string | null)[] = [
    limits.max_projects_per_month == null && limits.max_concurrent_projects == null ? plans.projectsAny : null,
    limits.max_projects_per_month == null ? null : plans.projectsPerMonth(count(limits.max_projects_per_month)),
    limits.max_concurrent_projects == null ? null : plans.projectsAtOnce(count(limits.max_concurrent_projects)),
    limits.max_character_profiles == null
      ? plans.charactersAny
      : plans.characters(count(limits.max_character_profiles)),
    limits.max_video_length_seconds == null
      ? plans.songAny
      : plans.songLength({ length: formatLength(limits.max_video_length_seconds) }),
    plans.resolution({ size: size(limits.max_resolution) }),
    limits.max_videos_per_day == null ? null : plans.filmsPerDay(count(limits.max_videos_per_day)),
    limits.max_videos_per_month == null ? null : plans.filmsPerMonth(count(limits.max_videos_per_month)),
    limits.max_images_per_day == null ? null : plans.imagesPerDay(count(limits.max_images_per_day)),
    limits.priority_queue ? plans.priority : null,
    limits.collaboration ? plans.collaboration : null,
    plans.api(count(limits.api_requests_per_hour)),
  ];
  return lines.filter((line) => line !== null);
}

/** Whether nothing is held back that a person at a screen would notice. */
export function isOpen(limits: Limits): boolean {
  return (
    limits.max_projects_per_month == null &&
    limits.max_concurrent_projects == null &&
    limits.max_character_profiles == null &&
    limits.max_video_length_seconds == null &&
    limits.max_videos_per_day == null &&
    limits.max_videos_per_month == null &&
    limits.max_images_per_day == null &&
    limits.max_resolution === "4k"
  );
}
