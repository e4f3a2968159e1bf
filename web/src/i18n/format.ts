// Numbers, money, sizes, dates and lengths as the person's language writes them. Timecode is the same in every language.

import { getLocale } from "./locale";

const kept = new Map<string, unknown>();

/** Formatters are costly to make: each is made once a language. */
function formatter<T>(kind: string, make: (locale: string) => T): T {
  const locale = getLocale();
  const key = `${locale} ${kind}`;
  const known = kept.get(key) as T | undefined;
  if (known !== undefined) return known;
  const made = make(locale);
  kept.set(key, made);
  return made;
}

export function formatNumber(value: number, digits = 0): string {
  return formatter(
    `number ${digits}`,
    (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }),
  ).format(value);
}

export function formatPercent(fraction: number): string {
  return formatter("percent", (locale) => new Intl.NumberFormat(locale, { style: "percent" })).format(fraction);
}

/** Amounts under a cent keep the digits that matter. */
export function formatUsd(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 0.01 ? 4 : 2;
  return formatter(
    `usd ${digits}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency: "USD",
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
      }),
  ).format(value);
}

/** An amount of whole minor units, as cents or won; whole amounts without digits after the point. */
export function formatMoney(minor: number, currency: string): string {
  const format = formatter(
    `money ${currency}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        trailingZeroDisplay: "stripIfInteger",
      }),
  );
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}

export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return formatter(
    `bytes ${step} ${value < 10}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit: units[step] ?? "byte",
        // "0 byte" would be neither one language nor the other.
        unitDisplay: step === 0 ? "narrow" : "short",
        maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
      }),
  ).format(value);
}

export function formatDate(when: string | Date): string {
  return formatter("date", (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" })).format(new Date(when));
}

export function formatDateTime(when: string | Date): string {
  return formatter(
    "date time",
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
  ).format(new Date(when));
}

const AGO: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago", "어제". */
export function formatAgo(when: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(when).getTime() - now.getTime()) / 1000;
  const format = formatter("ago", (locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  for (const [unit, length] of AGO) {
    if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** "약 9분"-like lengths: the largest unit that fits, seconds below a minute and a half. */
export function formatLength(seconds: number): string {
  const [unit, value] =
    seconds < 90
      ? (["second", seconds] as const)
      : seconds < 5_400
        ? (["minute", seconds / 60] as const)
        : (["hour", seconds / 3_600] as const);
  return formatter(
    `length ${unit}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: locale === "ko" ? "narrow" : "short",
        maximumFractionDigits: unit === "hour" ? 1 : 0,
      }),
  ).format(Math.max(unit === "second" ? 1 : 0, value));
}

/** `03:38`, or `1:03:38` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** `01:10.52`: song time to the hundredth, as the timeline writes it. */
export function timecode(seconds: number): string {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(hundredths / 6_000))}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}
