import { expect, test } from "vitest";
import { everyDay } from "./every-day";

test("days on which nothing happened stand among the others", () => {
  const counted = [{ day: "2026-02-28", count: 3, people: 2 }];
  expect(everyDay("2026-02-27", "2026-03-02", counted)).toEqual([
    { day: "2026-02-27", count: 0, people: 0 },
    { day: "2026-02-28", count: 3, people: 2 },
    { day: "2026-03-01", count: 0, people: 0 },
    { day: "2026-03-02", count: 0, people: 0 },
  ]);
});
