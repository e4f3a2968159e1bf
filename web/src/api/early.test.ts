import { afterEach, expect, test } from "vitest";
import { earlyAnswer } from "./early";

const url = "/api/projects/1";
const asked = (method = "GET") => new Request(new URL(url, location.origin), { method });
const put = (at: number) => {
  const answer = Promise.resolve(new Response("{}"));
  window.mvEarly = new Map([[url, { at, answer }]]);
  return answer;
};

afterEach(() => {
  window.mvEarly = undefined;
});

test("an early answer is taken once", () => {
  const answer = put(0);
  expect(earlyAnswer(asked(), 50)).toBe(answer);
  expect(earlyAnswer(asked(), 60)).toBeNull();
});

test("an answer from long ago is left, for good", () => {
  put(0);
  expect(earlyAnswer(asked(), 60_000)).toBeNull();
  expect(window.mvEarly?.size).toBe(0);
});

test("only reading is answered early", () => {
  put(0);
  expect(earlyAnswer(asked("DELETE"), 50)).toBeNull();
});
