// Paying, against a counterpart of Stripe's whose events are signed: a plan, a higher one, credits that run out at an
// order, a payment that fails, and the end. Its pages stand in for Stripe's; all else is the real program.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { accessible, base, journey, open, samples, shot } from "./browser.mjs";
import { startServer } from "./server.mjs";
import { startStripe } from "./stripe.mjs";

const payer = { email: "payer@example.com", password: "Correct7horse" };
let stripe;
let server;
let studio;
let page;
const step = journey(() => page);

before(async () => {
  stripe = await startStripe();
  server = await startServer({ services: 'paid_by = "credits"', tables: stripe.tables });
  await stripe.deliverTo(server.own);
  const { link } = await server.admin("users", "add", payer.email, "--name", "하린", "--plan", "free");
  studio = await open();
  page = studio.page;
  await page.goto(new URL(new URL(link).pathname + new URL(link).search, server.base).href);
  await page.getByLabel("새 비밀번호", { exact: true }).fill(payer.password);
  await page.locator("button[type=submit]").click();
  await page.getByText("비밀번호를 바꿨어요.", { exact: false }).waitFor();
});
after(async () => {
  await studio?.close();
  await server?.close();
  stripe?.close();
});

const pay = async () => {
  await page.waitForURL(/\/checkout\//);
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.waitForURL("**/billing/done?**");
};
/** Nothing on the page is loading. */
const loaded = (on) => on.waitForFunction(() => !document.querySelector("main [role=status][aria-label]"));
const visit = async (path, heading) => {
  await page.goto(server.base + path);
  await page.getByRole("heading", { name: heading, exact: true }).waitFor();
  await loaded(page);
};
/** Fills in a new character; the test pictures are the built-in maker's unless a model is named. */
const newCharacter = async (name, model) => {
  await page.goto(`${server.base}/characters/new`);
  await page.locator("input[type=file]").setInputFiles(join(samples, "harin.png"));
  await page.getByText("좋아요").waitFor();
  await page.getByLabel("이름").fill(name);
  await page.getByRole("checkbox").check();
  if (model) await page.getByLabel("시험 이미지를 그릴 모델").selectOption(model);
};

step("a server that sells nothing says so, and what is open to everybody", async () => {
  const other = await open({ signedIn: true });
  after(other.quit);
  for (const [path, heading] of [
    ["/pricing", "이 서버에서는 결제할 것이 없어요"],
    ["/billing", "요금제와 결제"],
  ]) {
    await other.page.goto(base + path);
    await other.page.getByRole("heading", { name: heading }).waitFor();
    await other.page.getByText("모든 기능이 제한 없이 열려 있어요.").waitFor();
    await accessible(other.page, `${path}, nothing for sale`);
  }
  await other.page.goto(base);
  await other.page.getByRole("heading", { name: "시작하기 전에 가격이 보여요" }).waitFor();
  assert.equal(await other.page.getByRole("link", { name: "요금제 보기" }).count(), 0);
  await other.close();
});

step("a visitor comes from the landing page, and is asked to sign in before paying", async () => {
  await page.goto(server.base);
  await page.getByRole("link", { name: "요금제 보기" }).click();
  await page.getByRole("heading", { name: "노래에 맞는 요금제를 고르세요" }).waitFor();
  await page.getByText("매년", { exact: true }).click();
  await page.getByText("17% 저렴").first().waitFor();
  await page.getByText("매월", { exact: true }).click();
  await accessible(page, "pricing, signed out");
  await page.getByRole("link", { name: "인디 시작하기" }).click();
  await page.getByRole("link", { name: "로그인", exact: true }).click();
  await page.getByLabel("이메일", { exact: true }).fill(payer.email);
  await page.getByLabel("비밀번호", { exact: true }).fill(payer.password);
  await page.getByRole("button", { name: "로그인", exact: true }).click();
  await page.waitForURL("**/pricing?**");
  await page.getByRole("button", { name: "인디 시작하기" }).waitFor();
  await accessible(page, "pricing, signed in");
});

step("a limit of the plan is said where it is met, and leads to the plan that would do", async () => {
  await newCharacter("하린");
  await page.getByRole("button", { name: "무료로 시험 이미지 만들기" }).click();
  await page.waitForURL(/\/characters\/[0-9a-f-]{36}/);
  await newCharacter("도준");
  await page.getByRole("button", { name: "무료로 시험 이미지 만들기" }).click();
  await page.getByText("캐릭터를 더 만들려면 인디 요금제가 필요해요").waitFor();
  await accessible(page, "a limit of the plan");
  await page.getByRole("link", { name: "요금제 보기" }).click();
  await page.waitForURL("**/pricing?plan=indie**");
});

step("a plan is paid for, waited for over a reload, and there", async () => {
  await stripe.deliverTo(null);
  await page.getByRole("button", { name: "인디 시작하기" }).click();
  await pay();
  await page.getByText("요금제를 켜는 중이에요").waitFor();
  await accessible(page, "paid, and on its way");
  await shot(page, "paid-on-its-way");
  await page.reload();
  await page.getByText("결제됐어요", { exact: true }).waitFor();
  await stripe.deliverTo(server.own);
  await page.getByText("인디 요금제를 시작했어요").waitFor();
  await accessible(page, "a plan has begun");
  await page.getByRole("link", { name: "하던 곳으로 돌아가기" }).click();
  await page.waitForURL("**/characters/new");
  await visit("/billing", "인디 요금제 이용 중");
  await page.getByRole("table", { name: "크레딧 내역" }).getByText("+1,000").waitFor();
  await page.getByRole("table", { name: "청구서" }).getByText("$19").waitFor();
  await accessible(page, "billing");
});

step("what a higher plan costs now is said before it is paid", async () => {
  await page.getByRole("button", { name: "요금제 바꾸기" }).click();
  await page.getByText("지금 쓰고 있는 요금제예요.").waitFor();
  await page.getByRole("radio", { name: /프로/ }).check();
  await page.getByRole("button", { name: "$30 결제하고 바꾸기" }).waitFor();
  await accessible(page, "changing the plan");
  await shot(page, "changing-the-plan");
  await page.getByRole("button", { name: "$30 결제하고 바꾸기" }).click();
  await page.getByRole("heading", { name: "프로 요금제 이용 중" }).waitFor();
  await page.getByRole("table", { name: "청구서" }).getByText("$30").waitFor();
});

step("credits that run out at an order are bought, and the order goes on", async () => {
  const { balance } = await (await page.request.get(`${server.base}/api/billing/credits`)).json();
  await server.admin("credits", payer.email, "take", String(balance.available), "--note", "모자랄 때를 보려고");
  await newCharacter("도준", "nano-banana");
  await page.getByText(/^크레딧이 \d+개 모자라요$/).waitFor();
  await accessible(page, "an order with too few credits");
  await page.getByRole("button", { name: /^\$0\.\d+로 시험 이미지 만들기$/ }).click();
  await page.getByText("크레딧이 모자라요", { exact: true }).waitFor();
  await accessible(page, "credits have run out");
  await page.getByRole("alert").getByRole("link", { name: "크레딧 충전하기" }).click();
  await page.getByRole("heading", { name: "요금제와 결제" }).waitFor();
  await page.getByRole("button", { name: /^\$6에 충전/ }).click();
  await pay();
  await page.getByText("크레딧을 충전했어요").waitFor();
  await page.getByText("쓸 수 있는 크레딧은 500개예요.").waitFor();
  await page.getByRole("link", { name: "하던 곳으로 돌아가기" }).click();
  await page.waitForURL("**/characters/new");
  await newCharacter("도준", "nano-banana");
  await page.getByText(/^많아야 크레딧 \d+개를 써요\. 지금 500개 있어요\.$/).waitFor();
  await page.getByRole("button", { name: /^\$0\.\d+로 시험 이미지 만들기$/ }).click();
  await page.waitForURL(/\/characters\/[0-9a-f-]{36}/);
  await page.getByRole("img", { name: "시험 이미지 4: 무대" }).waitFor();
  const left = (await (await page.request.get(`${server.base}/api/billing/credits`)).json()).balance;
  assert.ok(left.spent > 0 && left.available < 500, JSON.stringify(left));
});

step("a payment that failed is said, and paid after all on the portal's page", async () => {
  await stripe.renew(false);
  await visit("/billing", "프로 요금제 결제 실패");
  await page.getByRole("heading", { name: "결제가 되지 않았어요" }).waitFor();
  await page.getByRole("table", { name: "청구서" }).getByText("미납").waitFor();
  await accessible(page, "a payment failed");
  await shot(page, "past-due");
  await page.getByRole("button", { name: "결제하러 가기" }).click();
  await page.waitForURL(/\/portal\//);
  await page.getByRole("button", { name: "Pay $49.00" }).click();
  await page.waitForURL("**/billing");
  await page.getByRole("heading", { name: "프로 요금제 이용 중" }).waitFor();
});

step("a plan is canceled, taken back, canceled again, and ends with its period", async () => {
  await page.getByRole("button", { name: "해지하기" }).click();
  await page.getByRole("alertdialog").waitFor();
  await accessible(page, "canceling the plan");
  await page.getByRole("button", { name: "해지 예약하기" }).click();
  await page.getByRole("heading", { name: "프로 요금제 해지 예약" }).waitFor();
  await page.getByRole("button", { name: "해지 취소하기" }).click();
  await page.getByRole("heading", { name: "프로 요금제 이용 중" }).waitFor();
  await page.getByRole("button", { name: "해지하기" }).click();
  await page.getByRole("button", { name: "해지 예약하기" }).click();
  await page.getByRole("heading", { name: "프로 요금제 해지 예약" }).waitFor();
  await stripe.renew(true);
  await page.waitForFunction(() =>
    fetch("/api/billing/subscription")
      .then((answer) => answer.json())
      .then(({ subscription }) => subscription.status === "canceled"),
  );
  await visit("/billing", "무료 요금제");
  await page.getByText("요금제가 끝나 결제 없이 쓰고 있어요.", { exact: false }).waitFor();
  await accessible(page, "a plan has ended");
});

step("the pages of paying stand in English, light and narrow", async () => {
  await page.getByRole("button", { name: /^내 계정/ }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await page.getByRole("heading", { name: "Plan and billing" }).waitFor();
  await page.evaluate(() => localStorage.setItem("mv.theme", "light"));
  for (const path of ["/pricing", "/billing", "/billing/done"]) {
    await page.goto(server.base + path);
    await page.getByRole("heading").first().waitFor();
    await loaded(page);
    await accessible(page, `${path}, light`);
    await page.setViewportSize({ width: 390, height: 844 });
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wider, 0, `${path} is wider than a phone`);
    await shot(page, `light-390${path.replaceAll("/", "-")}`);
    await page.setViewportSize({ width: 1280, height: 900 });
  }
});
