// From the landing page to a storyboard that plays: the first visit to a new server.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { accessible, base, journey, open, person, samples, shot, signIn } from "./browser.mjs";

let studio;
let page;
let project;
before(async () => {
  studio = await open();
  page = studio.page;
});
after(() => studio.close());
const step = journey(() => page);

step("a visitor sees a song's waveform before signing up, and finds it again after a reload", async () => {
  await page.goto(base);
  await accessible(page, "landing");
  await page.locator("input[type=file]").first().setInputFiles(join(samples, "song.mp3"));
  await page.getByRole("slider", { name: "노래 파형" }).waitFor();
  await page.reload();
  await page.getByRole("slider", { name: "노래 파형" }).waitFor();
  await accessible(page, "landing with a song");
});

step("the link of a new server makes its admin, who is welcomed", async () => {
  await page.goto(`${base}/setup?token=${process.env.STUDIO_TOKEN}`);
  await page.getByRole("button", { name: "관리자로 시작하기" }).click();
  await page.getByText("3곳을 확인해 주세요").waitFor();
  await accessible(page, "setup with errors");
  await page.getByLabel("이름").fill(person.name);
  await page.getByLabel("이메일").fill(person.email);
  await page.getByLabel("비밀번호", { exact: true }).fill(person.password);
  // What was wrong is said no more: nothing moves under the pointer then.
  await page.getByText(/곳을 확인해 주세요/).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "관리자로 시작하기" }).click();
  await page.waitForURL("**/onboarding");
  await accessible(page, "onboarding");
  await page.getByText("내 노래의 뮤직비디오").click();
  await page.getByRole("button", { name: "다음" }).click();
  await page.getByRole("heading", { name: "언어와 장르" }).waitFor();
  await accessible(page, "onboarding, second step");
  await page.getByRole("button", { name: "건너뛰기" }).click();
  await page.getByRole("button", { name: "내 노래 올리기" }).click();
});

step("the song kept from the landing page is uploaded, named and analysed", async () => {
  await page.waitForURL("**/new");
  await page.getByText("다 올렸어요").waitFor();
  await page.getByRole("button", { name: "노래 분석하기" }).click();
  await page.getByText("권리를 확인해 주세요").waitFor();
  await accessible(page, "new song with errors");
  await page.getByLabel("제목").fill("여름밤의 주파수");
  await page.locator("input[type=file]").last().setInputFiles(join(samples, "song.lrc"));
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "노래 분석하기" }).click();
  await page.waitForURL("**/analysis");
  project = new URL(page.url()).pathname.split("/")[2];
  await page.getByRole("heading", { name: "노래 분석" }).waitFor();
  await page.getByText("123.9 BPM").waitFor();
});

step("the analysis can be put right, and what was changed taken back", async () => {
  await page.getByRole("textbox", { name: "1번째 줄", exact: true }).waitFor();
  await shot(page, "analysis");
  await accessible(page, "analysis");
  const kind = page.getByRole("combobox", { name: "브리지 종류" });
  await kind.selectOption("solo");
  await page.getByRole("combobox", { name: "솔로 종류" }).waitFor();
  await page.getByRole("button", { name: "되돌리기" }).click();
  await page.getByRole("combobox", { name: "브리지 종류" }).waitFor();
  await page.keyboard.press("m");
  assert.equal(await page.getByRole("button", { name: "메트로놈" }).getAttribute("aria-pressed"), "true");
  const line = page.getByRole("textbox", { name: "1번째 줄", exact: true });
  await line.fill("빈 거리를 밝힌 불빛");
  await page.getByRole("button", { name: "가사 저장" }).click();
  await page.getByRole("button", { name: "가사 저장" }).waitFor({ state: "detached" });
  await page.reload();
  assert.equal(await page.getByRole("textbox", { name: "1번째 줄", exact: true }).inputValue(), "빈 거리를 밝힌 불빛");
});

step("a character is made of a photo, judged, drawn, approved and cast", async () => {
  await page.getByRole("link", { name: "맞아요, 다음으로" }).click();
  await page.getByRole("heading", { name: "누가 나오나요?" }).waitFor();
  await accessible(page, "cast");
  await page.getByRole("link", { name: "새 캐릭터" }).click();
  await page.locator("input[type=file]").setInputFiles(join(samples, "harin.png"));
  await page.getByText("좋아요").waitFor();
  await page.getByLabel("이름").fill("하린");
  await page.getByRole("checkbox").check();
  await accessible(page, "character builder");
  await page.getByRole("button", { name: "시험 이미지 만들기" }).click();
  await page.getByText("얼굴이 또렷해요").waitFor();
  await page.getByRole("button", { name: "승인" }).waitFor();
  await shot(page, "character");
  await accessible(page, "character");
  await page.getByRole("button", { name: "승인" }).click();
  await page.waitForURL("**/cast");
  await page.getByRole("button", { name: /^하린/ }).click();
  await page.getByRole("alertdialog").waitFor();
  await accessible(page, "asking to lay out again");
  await page.getByRole("button", { name: "바꾸고 다시 짜기" }).click();
  await page.getByText("이 영상에 나와요").waitFor();
});

step("the storyboard is edited, taken back, drawn and played", async () => {
  await page.getByRole("link", { name: "스토리보드 보기" }).click();
  await page.getByRole("heading", { name: "스토리보드", exact: true }).waitFor();
  const cards = page.locator("main li h4");
  await cards.first().waitFor();
  const count = await cards.count();
  await accessible(page, "storyboard");

  await page
    .getByRole("button", { name: /^설명 고치기/ })
    .first()
    .click();
  await page.getByRole("textbox", { name: "1번 장면 설명", exact: true }).fill("비 그친 옥상, 도시가 숨을 고른다.");
  await page.keyboard.press("Enter");
  await page.getByText("비 그친 옥상, 도시가 숨을 고른다.").waitFor();

  await page.getByRole("button", { name: "1번 장면 메뉴", exact: true }).click();
  await page.getByRole("menuitem", { name: "가운데 박자에서 나누기" }).click();
  await page.getByText(`${count + 1}장면`, { exact: true }).waitFor();
  await page.getByRole("region", { name: "알림" }).getByRole("button", { name: "되돌리기" }).click();
  await page.getByText(`${count}장면`, { exact: true }).waitFor();

  await page.getByRole("checkbox", { name: "2번 장면 고르기", exact: true }).check({ force: true });
  await page.getByRole("checkbox", { name: "3번 장면 고르기", exact: true }).check({ force: true });
  await page.getByRole("button", { name: "잠그기" }).click();
  await page.getByText("2장면을 고쳤어요").waitFor();
  await accessible(page, "storyboard with a selection");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: /채우기 · 무료/ }).click();
  await page.locator("main li img").first().waitFor();
  await page.getByRole("button", { name: "그만 그리기" }).click();
  await page.getByRole("button", { name: "애니매틱 보기" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "일시정지" }).waitFor();
  await accessible(page, "animatic");
  await shot(page, "animatic");
  await page.keyboard.press("Escape");
});

step("edits of the board wait while offline, arrive in order, and meet others' in the open", async () => {
  const origin = { headers: { origin: base } };
  const scenes = async () => (await (await page.request.get(`${base}/api/projects/${project}/scenes`)).json()).scenes;
  const menu = async (number, item) => {
    await page.getByRole("button", { name: `${number}번 장면 메뉴`, exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const write = async (number, text) => {
    const card = page.locator(`[data-scene="${number - 1}"]`);
    await card.getByRole("button", { name: /^설명 고치기/ }).click();
    await card.getByRole("textbox").fill(text);
    await page.keyboard.press("Enter");
    await card.getByText(text).waitFor();
  };
  // The picture that was being drawn when drawing was stopped comes all the same: the board must know it.
  while ((await scenes()).some(({ status }) => status.startsWith("generating")));
  await page.reload();
  await page.locator("main li h4").first().waitFor();
  // So must it have what menus are made of.
  await page.waitForLoadState("networkidle");
  const before = await scenes();
  const same = (one, other) =>
    one.section_type === other?.section_type && one.config.section_number === other.config.section_number;
  const at = before.findIndex((one, index) => same(one, before[index + 1]) && !one.locked && !before[index + 1].locked);

  await studio.context.setOffline(true);
  await page.getByText("오프라인이에요. 고친 내용은 남아 있어요.").waitFor();
  await write(1, "아무도 없는 옥상에 첫 빛이 든다.");
  await menu(1, "잠그기");
  await menu(at + 1, "뒤 장면과 내용 바꾸기");
  await menu(before.length, "앞 장면과 합치기");
  await page.getByText("연결되면 보낼 변경 4개").waitFor();
  await accessible(page, "storyboard while offline");
  await shot(page, "board-offline");
  // Addresses of pictures are signed anew each time.
  const said = (list) =>
    list.map(({ version, description, locked, config }) => ({ version, description, locked, config }));
  assert.deepEqual(said(await scenes()), said(before));

  await studio.context.setOffline(false);
  await page.getByText("모든 변경 저장됨").waitFor();
  const now = await scenes();
  assert.equal(now.length, before.length - 1);
  assert.equal(now[0].description, "아무도 없는 옥상에 첫 빛이 든다.");
  assert.equal(now[0].locked, true);
  assert.equal(now[at].config.title, before[at + 1].config.title);
  assert.equal(now[at + 1].config.title, before[at].config.title);
  await menu(1, "잠금 풀기");
  await page.getByText("모든 변경 저장됨").waitFor();

  await studio.context.setOffline(true);
  await write(1, "나는 새벽을 골랐다.");
  await page.getByText("연결되면 보낼 변경 1개").waitFor();
  const other = { data: { description: "다른 사람은 밤을 골랐다." }, ...origin };
  assert.ok((await page.request.patch(`${base}/api/scenes/${now[0].id}`, other)).ok());
  await studio.context.setOffline(false);
  const dialog = page.getByRole("dialog", { name: "그사이 이 장면이 바뀌었어요" });
  await dialog.getByText("나는 새벽을 골랐다.").waitFor();
  await dialog.getByText("다른 사람은 밤을 골랐다.").waitFor();
  await accessible(page, "a conflict on the storyboard");
  await shot(page, "board-conflict");
  await dialog.getByRole("button", { name: "내 변경을 새 버전으로 저장" }).click();
  await page.getByText("모든 변경 저장됨").waitFor();
  assert.equal((await scenes())[0].description, "나는 새벽을 골랐다.");
});

step("another template lays the board out anew", async () => {
  await page.getByRole("button", { name: /^템플릿:/ }).click();
  await page.getByRole("button", { name: /자연으로의 여정/ }).click();
  await accessible(page, "templates of a project");
  await page.getByRole("button", { name: "이 템플릿 쓰기" }).click();
  await page.getByRole("button", { name: "템플릿: 자연으로의 여정" }).waitFor();
});

step("projects are found, archived, deleted and brought back", async () => {
  await page.goto(`${base}/home`);
  await page.getByRole("link", { name: "여름밤의 주파수" }).waitFor();
  await shot(page, "home");
  await accessible(page, "home");
  await page.getByRole("searchbox").fill("없는 노래");
  await page.getByText("‘없는 노래’에 맞는 프로젝트가 없어요").waitFor();
  await page.getByRole("button", { name: "검색 지우기" }).click();
  await page.getByRole("button", { name: "여름밤의 주파수 메뉴" }).click();
  await page.getByRole("menuitem", { name: "보관하기" }).click();
  await page.getByRole("region", { name: "알림" }).getByRole("button", { name: "되돌리기" }).click();
  await page.getByRole("link", { name: "여름밤의 주파수" }).waitFor();
  await page.getByRole("button", { name: "여름밤의 주파수 메뉴" }).click();
  await page.getByRole("menuitem", { name: "삭제" }).click();
  await page.getByText("휴지통", { exact: true }).click();
  await page.getByRole("button", { name: "여름밤의 주파수 메뉴" }).click();
  await page.getByRole("menuitem", { name: "되살리기" }).click();
  await page.getByText("휴지통이 비어 있어요").waitFor();
});

step("the same screens stand in English, light and narrow", async () => {
  await page.goto(`${base}/home`);
  await page.getByRole("button", { name: /^내 계정/ }).click();
  const kept = page.waitForResponse(
    (response) => response.url().endsWith("/api/users/me") && response.request().method() === "PATCH",
  );
  await page.getByRole("menuitem", { name: "English" }).click();
  await kept;
  await page.getByRole("heading", { name: "My projects" }).waitFor();
  await page.evaluate(() => localStorage.setItem("mv.theme", "light"));
  for (const path of [
    "/home",
    "/new",
    "/characters",
    "/templates",
    `/p/${project}/song`,
    `/p/${project}/analysis`,
    `/p/${project}/cast`,
    `/p/${project}/board`,
  ]) {
    await page.goto(base + path);
    await page.getByRole("heading").first().waitFor();
    await page.locator("[role=status][aria-label=Loading]").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await accessible(page, `${path}, light`);
    await page.setViewportSize({ width: 390, height: 844 });
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wider, 0, `${path} is wider than a phone`);
    await page.setViewportSize({ width: 1280, height: 900 });
  }
});

step("a session that ends is taken up where one was", async () => {
  await page.goto(`${base}/p/${project}/song`);
  await page.getByLabel("Artist").fill("Harin");
  await studio.context.clearCookies({ name: /mv_(session|refresh)/ });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog", { name: "Please sign in again" }).waitFor();
  await accessible(page, "signing in again");
  await signIn(page, "en");
  await page.getByText("Saved", { exact: true }).waitFor();
});

step("an unknown address, and a visitor who must sign in first", async () => {
  await page.goto(`${base}/nowhere`);
  await page.getByText("This page is not here").waitFor();
  await accessible(page, "not found");
  await page.goto(`${base}/home`);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  // The landing page is another document: only once it stands may one go on.
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  await page.goto(`${base}/p/${project}/song`);
  await page.waitForURL(/sign-in/);
  await accessible(page, "sign in");
  await signIn(page, "en");
  await page.waitForURL(`**/p/${project}/song`);
});
