import { expect, test } from "vitest";
import { amountOf, resolution } from "./call";

test.each([
  ["", null],
  [" 0.42 ", 0.42],
  ["0,42", 0.42],
  ["10000", 10_000],
  ["10001", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["abc", undefined],
])("the amount %j", (text, amount) => {
  expect(amountOf(text)).toBe(amount);
});

test("each outcome is sent with what belongs to it alone", () => {
  expect(resolution("not_taken", "kept from before", "3")).toEqual({ outcome: "not_taken" });
  expect(resolution("refunded", "kept from before", "3")).toEqual({ outcome: "refunded" });
  expect(resolution("taken", " task-7 ", "3")).toEqual({ outcome: "taken", provider_job_id: "task-7" });
  expect(resolution("charged", "task-7", "0.5")).toEqual({ outcome: "charged", cost_usd: 0.5 });
  expect(resolution("charged", "", "")).toEqual({ outcome: "charged", cost_usd: null });
});

test("what is not complete is not sent", () => {
  expect(resolution("taken", "  ", "")).toBeNull();
  expect(resolution("charged", "", "much")).toBeNull();
});
