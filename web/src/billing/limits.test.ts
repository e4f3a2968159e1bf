import { expect, test } from "vitest";
import { isOpen, limitLines } from "./limits";

const open = {
  max_video_length_seconds: null,
  max_videos_per_day: null,
  max_videos_per_month: null,
  max_images_per_day: null,
  max_projects_per_month: null,
  max_concurrent_projects: null,
  max_character_profiles: null,
  max_resolution: "4k",
  api_requests_per_hour: 5000,
  priority_queue: true,
  collaboration: true,
};

test("limits are said as a musician would, and what is unlimited once", () => {
  expect(limitLines(open)).toEqual([
    "프로젝트 수 제한 없음",
    "캐릭터 수 제한 없음",
    "노래 길이 제한 없음",
    "최고 4K 화질",
    "대기열에서 먼저 만들기",
    "프로젝트를 함께 편집",
    "API 시간당 5,000번",
  ]);
  const free = { ...open, max_projects_per_month: 2, max_character_profiles: 1, max_video_length_seconds: 180 };
  expect(limitLines(free).slice(0, 3)).toEqual(["한 달에 새 프로젝트 2개", "캐릭터 1명까지", "3분까지의 노래"]);
  expect([isOpen(open), isOpen(free)]).toEqual([true, false]);
});
