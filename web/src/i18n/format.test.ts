import { afterEach, expect, test } from "vitest";
import { clock, formatAgo, formatBytes, formatLength, formatMoney, formatUsd, timecode } from "./format";

const speak = (locale: "ko" | "en") => {
  document.documentElement.lang = locale;
};
afterEach(() => speak("ko"));

test("timecode is the same in every language", () => {
  for (const locale of ["ko", "en"] as const) {
    speak(locale);
    expect([clock(218.9), clock(3_723), timecode(70.517), timecode(59.999)]).toEqual([
      "03:38",
      "1:02:03",
      "01:10.52",
      "01:00.00",
    ]);
  }
});

test("money, sizes, lengths and times ago follow the language", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  speak("ko");
  expect([formatUsd(1.5), formatBytes(1_907_876), formatLength(540), formatAgo("2026-11-22T11:00:00Z", now)]).toEqual([
    "$1.50",
    "1.9MB",
    "9분",
    "어제",
  ]);
  speak("en");
  expect([formatUsd(0.004), formatBytes(999), formatLength(45), formatAgo("2026-11-23T11:57:00Z", now)]).toEqual([
    "$0.004",
    "999B",
    "45 sec",
    "3 minutes ago",
  ]);
});

test("prices are whole minor units of their currency", () => {
  for (const locale of ["ko", "en"] as const) {
    speak(locale);
    expect([formatMoney(1900, "usd"), formatMoney(1583, "usd"), formatMoney(25_000, "krw")]).toEqual([
      "$19",
      "$15.83",
      "₩25,000",
    ]);
  }
});
