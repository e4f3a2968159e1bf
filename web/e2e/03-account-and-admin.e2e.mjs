// One's account, what was used, and what only the operator sees; and what everybody may read.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { accessible, base, journey, open, person, shot } from "./browser.mjs";

let studio;
let page;
const step = journey(() => page);
before(async () => {
  studio = await open({ signedIn: true });
  page = studio.page;
});
after(() => studio.close());

/** Opens a page and waits until nothing on it is loading. */
async function visit(path, heading) {
  await page.goto(base + path);
  await page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor();
  await page.waitForFunction(() => !document.querySelector("[role=status][aria-label='불러오는 중이에요']"));
}

step("the pages of the account stand", async () => {
  for (const [path, heading] of [
    ["/settings/profile", "프로필"],
    ["/settings/security", "보안"],
    ["/settings/privacy", "데이터와 개인정보"],
    ["/settings/api-keys", "API 키"],
    ["/settings/notifications", "알림"],
  ]) {
    await visit(path, heading);
    await accessible(page, path);
  }
});

step("what became of one's orders is told behind the bell, leads there, and is read", async () => {
  await visit("/home", "내 프로젝트");
  const bell = page.getByRole("button", { name: /^알림, 읽지 않은 것 [1-9]\d*개$/ });
  await bell.click();
  const told = page.getByRole("dialog", { name: "알림" });
  await told.getByText("시험 그림이 나왔어요").first().waitFor();
  await accessible(page, "alerts");
  await shot(page, "alerts");
  await told.getByRole("button", { name: "모두 읽음" }).click();
  await page.getByRole("button", { name: "알림", exact: true }).waitFor();
  await told
    .getByRole("button", { name: /시험 그림이 나왔어요/ })
    .first()
    .click();
  await page.waitForURL("**/characters/*");
});

step("mails are chosen, stopped by their own link, and seen by the operator", async () => {
  await visit("/settings/notifications", "알림");
  const films = page.getByRole("switch", { name: /영상 소식/ });
  await films.uncheck();
  await page.getByText("메일 설정을 저장했어요").waitFor();
  await page.reload();
  await films.and(page.locator(":not(:checked)")).waitFor();
  await films.check();
  await page.getByText("메일 설정을 저장했어요").waitFor();

  await page.request.post(`${base}/api/auth/forgot-password`, {
    data: { email: person.email },
    headers: { origin: base, "idempotency-key": crypto.randomUUID() },
  });
  await visit("/admin/mails", "메일");
  await page.getByRole("table", { name: "메일" }).getByText("비밀번호 재설정").first().waitFor();
  await page.getByText("막힌 주소가 없어요").waitFor();
  await accessible(page, "/admin/mails");
  await shot(page, "admin-mails");

  const guest = await open({ locale: "en" });
  await guest.page.goto(`${base}/unsubscribe/nobody-gave-this-out`);
  await guest.page.getByRole("alert").waitFor();
  await accessible(guest.page, "a link that was not given out");
  // The link itself stands in a mail that nobody sends here.
  await guest.page.route(/\/api\/mail\/unsubscribe/, (route) =>
    route.fulfill({ json: { topic: "films", wanted: route.request().method() === "GET" } }),
  );
  await guest.page.goto(`${base}/unsubscribe/films-0f`);
  await accessible(guest.page, "before stopping mails");
  await shot(guest.page, "unsubscribe");
  await guest.page.getByRole("button", { name: "Stop them" }).click();
  await guest.page.getByText("are stopped").waitFor();
  await guest.close();
});

step("a name is changed and an API key made, shown once and taken back", async () => {
  await visit("/settings/profile", "프로필");
  await page.getByLabel("이름", { exact: true }).fill(`하린 ${Date.now() % 10_000}`);
  await page.getByRole("button", { name: "저장", exact: true }).first().click();
  await page.getByText("저장했어요").first().waitFor();
  await visit("/settings/api-keys", "API 키");
  await page.getByRole("button", { name: "키 만들기" }).click();
  await page.getByRole("dialog").getByLabel("이름").fill("내 스크립트");
  await accessible(page, "a new API key");
  await page.keyboard.press("Escape");
});

step("a program of one's own is told by webhook, with a secret that is shown once", async () => {
  await visit("/settings/webhooks", "웹훅");
  await page.getByRole("button", { name: "주소 추가" }).click();
  const asked = page.getByRole("dialog", { name: "주소 추가" });
  await asked.getByLabel("주소").fill("http://hooks.example.com/films");
  await asked.getByRole("button", { name: "저장" }).click();
  await asked.locator("[aria-invalid=true]").waitFor();
  await accessible(page, "a new webhook with an error");
  await asked.getByLabel("주소").fill("https://hooks.example.com/films");
  await asked.getByLabel("메모").fill("채널에 영상 올리기");
  await asked.getByRole("button", { name: "저장" }).click();
  const made = page.getByRole("dialog", { name: "서명 키를 복사해 두세요" });
  assert.match(await made.getByLabel("서명 키").inputValue(), /^whsec_/);
  await accessible(page, "a webhook's secret");
  await made.getByRole("button", { name: "닫기" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "https://hooks.example.com/films" });
  await row.getByText("켜짐").waitFor();
  await accessible(page, "/settings/webhooks");
  await shot(page, "webhooks");
  const choose = async (name) => {
    await row.getByRole("button", { name: /메뉴$/ }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await choose("전달 기록");
  await page.getByRole("dialog", { name: "전달 기록" }).getByText("아직 보낸 메시지가 없어요.").waitFor();
  await accessible(page, "a webhook's deliveries");
  await page.getByRole("button", { name: "닫기", exact: true }).last().click();
  await choose("끄기");
  await row.getByText("꺼짐").waitFor();
  await choose("지우기");
  await page.getByRole("button", { name: "지우기" }).click();
  await page.getByText("아직 등록한 주소가 없어요.").waitFor();
});

step("somebody is let into a project, may edit, then only look, and leaves", async () => {
  const { data } = await (await page.request.get(`${base}/api/projects`)).json();
  const [project] = data;
  const guest = await open();
  after(guest.close);
  const send = (path, body) =>
    guest.page.request.post(base + path, {
      data: body,
      headers: { origin: base, "idempotency-key": crypto.randomUUID() },
    });
  const friend = { email: "dojun@example.com", password: person.password };
  assert.ok((await send("/api/auth/signup", { ...friend, name: "도준" })).ok());
  // Mails are written by a job of their own.
  let mail;
  while (!mail) {
    const { data: mails } = await (await page.request.get(`${base}/api/admin/mails`)).json();
    mail = mails.find((one) => one.address === friend.email && one.link);
  }
  assert.ok((await send("/api/auth/verify-email", { token: new URL(mail.link).searchParams.get("token") })).ok());
  assert.ok((await send("/api/auth/login", friend)).ok());

  const menu = async (on) => {
    await on.getByRole("button", { name: /프로젝트 메뉴$/ }).click();
    await on.getByRole("menuitem", { name: "함께 만들기" }).click();
    return on.getByRole("dialog", { name: "함께 만들기" });
  };
  await visit(`/p/${project.id}/song`, project.title);
  const asked = await menu(page);
  await asked.getByText("아직 혼자예요.").waitFor();
  await asked.getByLabel("초대할 사람의 이메일").fill("nobody@example.com");
  await asked.getByRole("button", { name: "초대하기" }).click();
  await asked.getByText("이 이메일로 가입한 다른 사람이 없어요", { exact: false }).waitFor();
  await asked.getByLabel("초대할 사람의 이메일").fill(friend.email);
  await asked.getByRole("button", { name: "초대하기" }).click();
  await page.getByText("도준을 초대했어요.").waitFor();
  await accessible(page, "people of a project");
  await shot(page, "people");

  await guest.page.goto(`${base}/home`);
  await guest.page.getByRole("link", { name: project.title }).waitFor();
  await asked.getByRole("combobox", { name: "도준: 할 수 있는 일" }).selectOption("viewer");
  await page.getByText("할 수 있는 일을 바꿨어요.").waitFor();
  await guest.page.goto(`${base}/p/${project.id}/song`);
  await guest.page.getByText("보기 권한만 있어요", { exact: false }).waitFor();
  const seen = await menu(guest.page);
  await seen.getByText("보기", { exact: true }).waitFor();
  await accessible(guest.page, "people of somebody else's project");
  await seen.getByRole("button", { name: "프로젝트에서 나가기" }).click();
  await guest.page.getByRole("alertdialog").getByRole("button", { name: "프로젝트에서 나가기" }).click();
  await guest.page.waitForURL("**/home");
  await guest.page.getByText("프로젝트에서 나왔어요.").waitFor();
  const left = await guest.page.request.get(`${base}/api/projects/${project.id}`);
  assert.equal(left.status(), 404);
  await guest.close();
});

step("what people do is counted, and one may stay out of it", async () => {
  await visit("/admin/analytics", "이용 통계");
  await page.getByRole("table", { name: "가입부터 영상까지" }).getByText("곡 분석").waitFor();
  await accessible(page, "/admin/analytics");
  await shot(page, "admin-analytics");
  await visit("/settings/privacy", "데이터와 개인정보");
  const counted = page.getByRole("switch", { name: /내가 한 일을 세어도 좋아요/ });
  await counted.click();
  await page.getByText("통계 설정을 저장했어요").waitFor();
  await page.reload();
  await page.getByRole("switch", { name: /내가 한 일을 세어도 좋아요/, checked: false }).waitFor();
});

step("what was used is summed by day, project and service", async () => {
  await visit("/usage", "사용량");
  await page.getByRole("heading", { name: "한눈에 보기" }).waitFor();
  await page.getByRole("table", { name: "서비스" }).getByText("Google Gemini").waitFor();
  await accessible(page, "usage");
  await shot(page, "usage");
  const csv = await page.request.get(
    base + (await page.getByRole("link", { name: "CSV 내려받기" }).getAttribute("href")),
  );
  assert.match(await csv.text(), /gemini/);
});

step("the operator's pages stand", async () => {
  for (const [path, heading] of [
    ["/admin/queue", "작업"],
    ["/admin/users", "사용자"],
    ["/admin/calls", "유료 호출"],
    ["/admin/audit", "감사 기록"],
    ["/admin/providers", "AI 서비스"],
  ]) {
    await visit(path, heading);
    await accessible(page, path);
  }
});

step("a queue is held back, its job looked into, brought to the front and let go", async () => {
  const { data } = await (await page.request.get(`${base}/api/projects`)).json();
  const { scenes } = await (await page.request.get(`${base}/api/projects/${data[0].id}/scenes`)).json();
  await visit("/admin/queue", "작업");
  await page.getByRole("radio", { name: /^영상 주문/ }).check({ force: true });
  await page.getByRole("button", { name: "이 대기열 멈추기" }).click();
  await page.getByText("하던 일은 끝까지 하고").waitFor();
  const ordered = await page.request.post(`${base}/api/scenes/${scenes.find((one) => !one.locked).id}/regenerate`, {
    data: { type: "image", keep_seed: true },
    headers: { origin: base, "idempotency-key": crypto.randomUUID() },
  });
  assert.ok(ordered.ok(), await ordered.text());
  await page
    .getByRole("button", { name: /^맨 앞으로: #/ })
    .first()
    .click();
  await page.getByText("맨 앞으로 옮겼어요").waitFor();
  await page
    .getByRole("button", { name: /^자세히: #/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("아직 시도하지 않았어요").waitFor();
  await accessible(page, "a job that waits");
  await shot(page, "admin-job");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "다시 시작", exact: true }).click();
  await page.getByText("줄에 있는 작업이 없어요").waitFor();
});

step("a node is drained and takes work again", async () => {
  await page
    .getByRole("button", { name: /^비우기: / })
    .first()
    .click();
  await page.getByText("비우는 중", { exact: true }).waitFor();
  await accessible(page, "a node that is drained");
  await page
    .getByRole("button", { name: /^다시 일하기: / })
    .first()
    .click();
  await page.getByText("일하는 중", { exact: true }).waitFor();
});

step("what is kept is counted, and cleaning is asked about before it is done", async () => {
  await visit("/admin/storage", "저장 공간");
  await page.getByRole("table", { name: "종류" }).getByText("노래", { exact: true }).waitFor();
  await page.getByRole("table", { name: "사람" }).getByText("admin@example.com").waitFor();
  await accessible(page, "/admin/storage");
  await shot(page, "admin-storage");
  await page.getByRole("button", { name: "지금 정리하기" }).click();
  const asked = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await asked.getByText("프로젝트에서 쓰는 것은 그대로 있어요").waitFor();
  await accessible(page, "before cleaning");
  await asked.getByRole("button", { name: "지금 정리하기" }).click();
  await page.getByText("정리를 시작했어요").waitFor();
});

step("beats are halved, the cuts moved onto them and all of it taken back", async () => {
  const { data } = await (await page.request.get(`${base}/api/projects`)).json();
  await visit(`/p/${data[0].id}/analysis`, data[0].title);
  await page.getByRole("button", { name: "절반으로" }).click();
  await page.getByText("62 BPM").waitFor();
  await page.getByRole("button", { name: "장면을 박자에 맞추기" }).click();
  await page.getByRole("button", { name: /^경계 [1-9]\d*개 옮기기$/ }).waitFor();
  await accessible(page, "moving cuts onto the beats");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "들은 대로 되돌리기" }).click();
  await page.getByText("123.9 BPM").waitFor();
});

step("terms, privacy, licences and the server's state are there for everybody", async () => {
  const guest = await open({ locale: "en" });
  for (const [path, heading] of [
    ["/legal/terms", "Terms of use"],
    ["/legal/privacy", "Privacy"],
    ["/legal/licences", "Open-source licences"],
    ["/status", "Server status"],
  ]) {
    await guest.page.goto(base + path);
    await guest.page.getByRole("heading", { name: heading, level: 1 }).waitFor();
    await accessible(guest.page, path);
  }
  await guest.page.getByText("Everything works").waitFor();
  await guest.close();
});
