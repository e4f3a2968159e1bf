import { expect, test } from "vitest";
import { arrivalOf } from "./arrival";

type Known = Parameters<typeof arrivalOf>[0];

const checkout = (status: string, paid: boolean, purchase = "plan") => ({ status, paid, purchase });
const subscription = (paid_plan: string | null, plan = paid_plan ?? "free") =>
  ({ paid_plan, plan }) as Known["subscription"];
const credits = (...entries: { id: number; reason: string }[]) => ({ data: entries }) as unknown as Known["credits"];

test("what Stripe says of the payment comes first", () => {
  const at = (state: Known["checkout"]) =>
    arrivalOf({ checkout: state, subscription: undefined, credits: undefined, newest: 0 });
  expect([
    at(undefined),
    at(checkout("open", false)),
    at(checkout("expired", false)),
    at(checkout("complete", false)),
    at(checkout("complete", true)),
  ]).toEqual(["asking", "open", "expired", "pending", "paid"]);
});

test("a plan is here once the server knows of it", () => {
  const at = (paid: string | null, plan?: string) =>
    arrivalOf({
      checkout: checkout("complete", true),
      subscription: subscription(paid, plan),
      credits: credits(),
      newest: null,
    });
  expect([at(null), at("pro", "free"), at("pro")]).toEqual(["paid", "paid", "here"]);
});

test("credits are here once they were booked after the purchase began", () => {
  const at = (newest: number | null, ...entries: { id: number; reason: string }[]) =>
    arrivalOf({
      checkout: checkout("complete", true, "credits"),
      subscription: subscription(null),
      credits: credits(...entries),
      newest,
    });
  expect([
    at(7, { id: 7, reason: "purchase" }),
    at(7, { id: 8, reason: "settle" }, { id: 7, reason: "purchase" }),
    at(7, { id: 9, reason: "purchase" }, { id: 7, reason: "purchase" }),
    at(null),
  ]).toEqual(["paid", "paid", "here", "here"]);
});
