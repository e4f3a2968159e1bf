import { expect, test } from "vitest";
import { failureOf } from "./failure";
import { Problem } from "./problem";
import { wayOut } from "./shortage";

const problem = (code: string, more: Record<string, unknown> = {}) => new Problem({ code, status: 402, ...more });

test("a plan that is too small says what for, and which would do", () => {
  const at = (asked: string) => problem("plan_required", { current_plan: "free", required_plan: "indie", asked }).title;
  expect([
    at("/api/characters"),
    at("/api/projects"),
    at("/api/projects/1/generate-video"),
    at("/api/projects/1/collaborators"),
    at("/api/elsewhere"),
  ]).toEqual([
    "캐릭터를 더 만들려면 인디 요금제가 필요해요",
    "새 프로젝트를 더 시작하려면 인디 요금제가 필요해요",
    "이 영상을 만들려면 인디 요금제가 필요해요",
    "함께 편집하려면 인디 요금제가 필요해요",
    "인디 요금제부터 할 수 있어요",
  ]);
  const refusal = problem("plan_required", { current_plan: "free", required_plan: "pro" });
  expect(refusal.hint).toBe("지금은 무료 요금제예요. 요금제를 올리면 바로 이어서 할 수 있어요.");
  expect(wayOut(refusal)?.href).toMatch(/^\/pricing\?plan=pro&from=/);
});

test("what one ordered today, services that were refused and credits lead to the page that helps", () => {
  const today = problem("rate_limited", { bucket: "videos", limit: 2 });
  expect([today.title, wayOut(today)?.label]).toEqual(["오늘 만들 수 있는 영상 2편을 모두 썼어요", "요금제 보기"]);
  expect(wayOut(problem("rate_limited", { bucket: "requests", limit: 100 }))).toBeNull();
  const refused = problem("invalid", { refused_service: "kling" });
  expect([refused.title, wayOut(refused)?.href]).toEqual(["Kling AI에는 보내지 않기로 했어요", "/settings/privacy"]);
  expect(wayOut(problem("too_few_credits"))?.href).toMatch(/^\/billing\?from=/);
  expect(wayOut(problem("not_found"))).toBeNull();
});

test("a failure is known by its code, whatever its sentence says", async () => {
  const said = (code: string | undefined, title?: string) =>
    failureOf({ code, message: "this needs $0.06 of credits, and $0.00 are left" }, { code: "order_failed", title });
  const short = await said("too_few_credits");
  expect([short.title, wayOut(short)?.href]).toEqual(["크레딧이 모자라요", expect.stringMatching(/^\/billing\?from=/)]);
  expect((await said("refused")).title).toBe("AI 서비스가 그리지 않겠다고 한 장면이 있어요");
  const other = await said(undefined, "시험 이미지를 만들지 못했어요");
  expect([other.code, other.title, wayOut(other)]).toEqual(["order_failed", "시험 이미지를 만들지 못했어요", null]);
  expect(other.hint).toBe("this needs $0.06 of credits, and $0.00 are left");
  expect((await said("unusable_file")).title).toBe("this needs $0.06 of credits, and $0.00 are left");
});
